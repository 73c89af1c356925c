mod cases;
mod property;
mod settle;
