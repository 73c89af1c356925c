mod classes;
mod exceptions;
mod forks;
mod loops;
mod managers;
mod modules;
mod support;
