/** Files that are read as text: by the bundle (services/runtime/tools), and by the tests (tools/typescript.cjs). */
declare module "*.sql" {
  const text: string;
  export default text;
}
declare module "*.eta" {
  const text: string;
  export default text;
}
declare module "*.css" {
  const text: string;
  export default text;
}
declare module "*.svg" {
  const text: string;
  export default text;
}
declare module "*.browser.js" {
  const text: string;
  export default text;
}
