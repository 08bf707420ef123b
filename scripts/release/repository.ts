/**
 * The address of the repository, such as `https://github.com/octo-org/streamlane`. The owner fills it in: `repository`, `homepage`
 * and `bugs` of the published package and the links of its README are made of it. Nothing is released without it.
 */
export const REPOSITORY: string = '';
