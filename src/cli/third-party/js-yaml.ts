export { dump, load } from 'js-yaml';
