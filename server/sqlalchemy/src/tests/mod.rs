//! Python snippets, evaluated by the smallest of hosts, and what is read out of them.

mod columns;
mod host;
mod show;
mod statements;
mod tables;
mod types;
