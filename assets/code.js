// A code that is pasted with the words around it stands in the field as six digits, as the server too would read it.
(() => {
  const between = "[^\\p{L}\\p{M}\\p{N}_]";
  const codes = ["\\d{6}", `\\d{3}${between}{1,3}\\d{3}`, `\\d(?:${between}{0,3}\\d){5}`];
  const written = codes.map((code) => new RegExp(`(?:^|\\D)(${code})(?!\\d)`, "u"));
  const field = document.getElementById("digits");

  field?.addEventListener("input", (event) => {
    if (event.isComposing) return;
    const plain = field.value.replace(/[๐-๙]/g, (sign) => sign.charCodeAt(0) - 0x0e50);
    const found = written.map((code) => code.exec(plain)).find(Boolean);
    const digits = found?.[1].replace(/\D/g, "");
    if (digits && digits !== field.value) field.value = digits;
  });
})();
