// In place of modules that are loaded and that no test uses, see jest.config.js.
