// Answers like the native compiler for the two requests py-solc-x makes: --version, and
// --standard-json with the input on stdin. Imports not given in the input are read below the
// working folder.
'use strict';

const fs = require('fs');
const { createRequire } = require('module');
const path = require('path');

// Callers add options such as --allow-paths, which mean nothing here.
const [, , root, ...options] = process.argv;
const solc = createRequire(path.join(root, 'package.json'))('solc');

function readImport(name) {
  try {
    return { contents: fs.readFileSync(name, 'utf8') };
  } catch (error) {
    return { error: `File not found: ${name}` };
  }
}

// The WebAssembly build prints negative AST ids as unsigned 32-bit numbers.
function restoreNegativeIds(node) {
  for (const key of Object.keys(node)) {
    const value = node[key];
    if (typeof value === 'number' && value >= 2 ** 31) {
      node[key] = value - 2 ** 32;
    } else if (value !== null && typeof value === 'object') {
      restoreNegativeIds(value);
    }
  }
}

function compile(input) {
  const text = solc.compile(input, { import: readImport });
  const output = JSON.parse(text);
  const trees = Object.values(output.sources || {}).filter((source) => source.ast);
  if (trees.length === 0) {
    return text;
  }
  trees.forEach((source) => restoreNegativeIds(source.ast));
  return JSON.stringify(output);
}

if (options.includes('--version')) {
  console.log(`solc, the solidity compiler commandline interface\nVersion: ${solc.version()}`);
} else if (options.includes('--standard-json')) {
  process.stdout.write(compile(fs.readFileSync(0, 'utf8')));
} else {
  console.error(`unrecognised option '${options[0]}'`);
  process.exitCode = 1;
}
