// The only import of axios. A build puts axios and what it needs into this file's output (scripts/bundle.mjs), so that a user
// installs none of it: form-data, which only uploads need, would bring 20 packages.
export {
  AxiosError,
  type AxiosInstance,
  type AxiosRequestConfig,
  type AxiosResponse,
  default,
  type InternalAxiosRequestConfig,
} from "axios";
