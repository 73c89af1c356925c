//! Python snippets, evaluated by the smallest of hosts, and what is read out of them.

mod any;
mod columns;
mod expressions;
mod flavours;
mod hooks;
mod host;
mod metadata;
mod models;
mod show;
mod statements;
mod tables;
mod types;
