// In place of the index of zod's languages, see jest.config.js. English does not come through it.
