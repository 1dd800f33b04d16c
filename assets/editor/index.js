// The parts of the editor of a quote.
export { Lines } from "./lines.js";
export { Suggestions } from "./suggestions.js";
export { Unsaved } from "./unsaved.js";
