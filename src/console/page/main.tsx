import './style.css';
import { render } from 'preact';
import { App } from './app.tsx';
import { connect } from './connection.ts';
import { listenToKeys } from './keyboard.ts';

connect();
listenToKeys();
render(<App />, document.body);
