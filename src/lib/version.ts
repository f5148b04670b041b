/** The build puts the version of package.json in its place. */
declare const VERSION_OF_BUILD: string | undefined;

/** The version of this bot; of sources that were not built, as in tests, `development`. */
export const VERSION: string = typeof VERSION_OF_BUILD === 'string' ? VERSION_OF_BUILD : 'development';
