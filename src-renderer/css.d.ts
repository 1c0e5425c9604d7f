// CSS modules give their class names (test/renderer/style-sheets.test.ts finds a name that is not there); other style sheets are imported for their effect.
declare module '*.module.css' {
  const classes: { readonly [name: string]: string };
  export default classes;
}
declare module '*.css';
