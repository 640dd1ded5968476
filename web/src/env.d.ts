declare module "virtual:icons" {
  const icons: Record<import("../plugins/icon_names").IconName, [string, Record<string, string>][]>;
  export default icons;
}

declare module "virtual:emoji-en" {
  const table: string;
  export default table;
}

declare module "virtual:emoji-de" {
  const table: string;
  export default table;
}
