//! What a migration takes from packages that are installed beside the project.

// What a test sets up has to work.
#![allow(clippy::unwrap_used)]

use alembic::discover::{Search, discover};
use alembic::layout::{Extra, Layout};
use camino::{Utf8Path, Utf8PathBuf};
use fact::Fact;
use fact::files::Memory;
use project::{Change, EnvironmentOptions, World};
use schema::dialect::reported_type;
use schema::{Dialect, Kind, TableName};
use std::sync::Arc;

const PACKAGES: &str = "/env/site-packages";

fn files(body: &str, more: &[(&str, &str)]) -> Memory {
    let revision = format!(
        "from alembic import op\nimport sqlalchemy as sa\nrevision = 'a'\ndown_revision = None\n{body}"
    );
    let own = [
        ("/p/alembic.ini", "[alembic]\nscript_location = m\nprepend_sys_path = .\n"),
        ("/p/m/versions/a.py", revision.as_str()),
    ];
    Memory::from_iter(own.into_iter().chain(more.iter().copied()))
}

fn world(files: &Memory) -> World {
    let sources = discover(files, Utf8Path::new("/p"), Search::Below).sources.remove(0);
    let extra = Extra { packages: vec![PACKAGES.into()], ..Extra::default() };
    let options = EnvironmentOptions {
        layout: Layout::find(files, &sources, &extra).unwrap(),
        dialects: vec![Dialect::from(Kind::Postgresql)],
        naming: None,
        target: None,
    };
    World::new(Arc::new(files.clone()), vec![options])
}

/// The columns of table `t` with their types, or why they are not known.
fn columns(world: &World) -> String {
    let environment = world.snapshot().environments.first().unwrap().clone();
    let (context, history) = environment.histories.first().unwrap();
    let after = &history.points.last().unwrap().after;
    let Some(table) = after.schema.tables.get(&TableName::plain("t")) else { return "no table".to_owned() };
    let columns = table.columns.iter().map(|column| match reported_type(column, context.dialect) {
        Fact::Known(ty) => format!("{} {ty}", column.name),
        Fact::Unknown(unknown) => format!("{} ? {}", column.name, unknown.reason),
    });
    columns.collect::<Vec<_>>().join(", ")
}

#[track_caller]
fn check(body: &str, more: &[(&str, &str)], expect: &str) {
    assert_eq!(columns(&world(&files(body, more))), expect, "{body}");
}

const TABLE: &str = "def upgrade():\n    op.create_table('t', sa.Column('x', sa.String(SIZE)))\n";
const CONSTANT: (&str, &str) = ("/env/site-packages/lib/sizes.py", "import re\nBASE = 6\nSIZE = BASE * 6\n");
const INIT: (&str, &str) = ("/env/site-packages/lib/__init__.py", "from .sizes import SIZE\n");

#[test]
fn constants() {
    let body = format!("from lib.sizes import SIZE\n{TABLE}");
    check(&body, &[CONSTANT, INIT], "x character varying(36)");
    check(&format!("from lib import SIZE\n{TABLE}"), &[CONSTANT, INIT], "x character varying(36)");
    // A package without `__init__.py`, and one that the project has itself.
    check(&body, &[CONSTANT], "x character varying(36)");
    check(
        &body,
        &[CONSTANT, INIT, ("/p/lib/__init__.py", ""), ("/p/lib/sizes.py", "SIZE = 1\n")],
        "x character varying(1)",
    );
}

#[test]
fn what_is_not_there() {
    let outside = "x ? it comes from lib.sizes.SIZE, outside the project";
    check(&format!("from lib.sizes import SIZE\n{TABLE}"), &[], outside);
    // It may be compiled.
    check(&format!("from lib.sizes import SIZE\n{TABLE}"), &[INIT], outside);
}

#[test]
fn packages_that_are_known() {
    let body = "from sqlalchemy_utils import UUIDType\ndef upgrade():\n    op.create_table('t', sa.Column('x', UUIDType()))\n";
    let package = ("/env/site-packages/sqlalchemy_utils/__init__.py", "class UUIDType: pass\n");
    check(body, &[package], "x uuid");
    let body = "from enum import Enum\nclass E(Enum):\n    A = 36\nSIZE = E.A.value\n";
    let package = ("/env/site-packages/enum.py", "class Enum: pass\n");
    check(&format!("{body}{TABLE}"), &[package], "x character varying(36)");
}

#[test]
fn a_package_in_several_folders() {
    let body = format!("from lib.more import SIZE\n{TABLE}");
    let more = ("/env/site-packages/lib/more.py", "SIZE = 36\n");
    let outside = "no table";
    check(&body, &[more, ("/p/lib/__init__.py", "")], outside);
    let shared = "__path__ = __import__('pkgutil').extend_path(__path__, __name__)\n";
    check(&body, &[more, ("/p/lib/__init__.py", shared)], "x character varying(36)");
}

#[test]
fn types_and_mixins() {
    let lib = (
        "/env/site-packages/lib/__init__.py",
        "import sqlalchemy as sa\nfrom sqlalchemy.orm import declarative_base\nBase = declarative_base()\n\
         class Stamped:\n    at = sa.Column(sa.DateTime())\n\
         class Text(sa.types.TypeDecorator):\n    impl = sa.Text\n",
    );
    let body = "from lib import Base, Stamped, Text\nclass T(Base, Stamped):\n    __tablename__ = 't'\n    \
                id = sa.Column(sa.Integer, primary_key=True)\n    x = sa.Column(Text())\n\
                def upgrade():\n    Base.metadata.create_all(op.get_bind())\n";
    check(body, &[lib], "id integer, x text, at timestamp without time zone");
}

#[test]
fn versions() {
    let body = format!(
        "from importlib.metadata import version\nSIZE = int(version('My.lib').split('.')[1])\n{TABLE}"
    );
    check(&body, &[("/env/site-packages/my_lib-3.36.dist-info/METADATA", "")], "x character varying(36)");
    check(&body, &[], "x ? it comes from importlib.metadata.version, outside the project");
}

#[test]
fn what_is_installed_later_is_found() {
    let body = format!("from lib.sizes import SIZE\n{TABLE}");
    let mut files = files(&body, &[]);
    let mut world = world(&files);
    files.insert(CONSTANT.0, CONSTANT.1);
    world.apply(Arc::new(files.clone()), &[Change::Listing(Utf8PathBuf::from(CONSTANT.0))]);
    assert_eq!(columns(&world), "x character varying(36)");
    files.insert(CONSTANT.0, "SIZE = 7\n");
    world.apply(Arc::new(files), &[Change::Text(Utf8PathBuf::from(CONSTANT.0))]);
    assert_eq!(columns(&world), "x character varying(7)");
}

#[test]
fn the_version_table_answers_questions() {
    let body = "def upgrade():\n    key = sa.inspect(op.get_bind()).get_pk_constraint('alembic_version')\n    \
                op.create_table('t', sa.Column(key['constrained_columns'][0], sa.Text()))\n";
    check(body, &[], "version_num text");
}
