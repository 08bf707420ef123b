export { Command, CommanderError, Help, Option } from 'commander';
