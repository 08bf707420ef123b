export { default as cliProgress } from 'cli-progress';
