// The parts of the editor of a quote.
export { Lines, rowOf } from "./lines.js";
export { Suggestions } from "./suggestions.js";
export { Unsaved, fill } from "./unsaved.js";
