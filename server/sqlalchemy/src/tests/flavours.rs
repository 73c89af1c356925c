//! The same in the styles of Flask-SQLAlchemy, SQLModel, registries and dataclasses.

use super::models::{check_models, check_models_of};
use crate::declarative::Versions;
use expect_test::expect;

#[test]
fn flask_models() {
    check_models(
        "
from flask_sqlalchemy import SQLAlchemy
db = SQLAlchemy()
class HTTPLog(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    at = db.Column(db.DateTime, server_default=db.func.now())
class Extra(HTTPLog):
    note = db.Column(db.Text)
class Child(HTTPLog):
    id = db.Column(db.ForeignKey('http_log.id'), primary_key=True)
tags = db.Table('tags', db.Column('log_id', db.ForeignKey('http_log.id')))
",
        expect![[r#"
            tags
            log_id: Integer
            fk (log_id) -> http_log(id)

            http_log
            id: Integer not null
            at: DateTime default Now
            note: Text
            pk (id)

            child
            id: Integer not null
            pk (id)
            fk (id) -> http_log(id)
        "#]],
    );
}

#[test]
fn a_flask_object_of_the_projects_own_class() {
    check_models(
        "
from flask_sqlalchemy import SQLAlchemy as Other
class SQLAlchemy(Other):
    def helper(self):
        return 1
    def __getattr__(self, name):
        if name == 'Short':
            return sa.String(10)
        return super().__getattr__(name)
db = SQLAlchemy()
class UserName(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.Short)
",
        expect![[r#"
            user_name
            id: Integer not null
            name: String(10)
            pk (id)
        "#]],
    );
}

#[test]
fn sqlmodel_classes() {
    let text = "
import datetime, decimal, uuid
from typing import Annotated, Optional
from sqlmodel import Field, Relationship, SQLModel
class HeroBase(SQLModel):
    name: str = Field(index=True, max_length=20)
    secret: Optional[str] = None
class Hero(HeroBase, table=True):
    id: int | None = Field(default=None, primary_key=True)
    at: datetime.datetime
    cost: decimal.Decimal = Field(max_digits=8, decimal_places=2)
    team_id: uuid.UUID = Field(foreign_key='team.id', ondelete='CASCADE', nullable=True)
    data: dict = Field(sa_column=sa.Column('json_data', sa.JSON, nullable=False))
    small: int = Field(sa_type=sa.SmallInteger, sa_column_kwargs={'server_default': '0'}, unique=True)
    team: Optional['Team'] = Relationship()
    short: Annotated[str, Field(max_length=3)]
class HeroRead(HeroBase):
    id: int
";
    let want = expect![[r#"
        hero
        name: String(20) not null
        secret: String {mysql: String(255)}
        id: Integer not null
        at: DateTime tz not null
        cost: Numeric(8, 2) not null
        team_id: Uuid
        json_data: Json not null
        small: SmallInteger not null default '0'
        short: String(3) not null
        pk (id)
        unique (small)
        fk (team_id) -> team(id) delete CASCADE
        index (name)
    "#]];
    check_models_of(
        &[("m", text)],
        Versions { sqlalchemy: Some((2, 0)), sqlmodel: Some((0, 0, 50)), kind: None },
        want,
    );
}

#[test]
fn other_ways_to_map() {
    check_models(
        "
from dataclasses import dataclass, field
from sqlalchemy.orm import composite, registry
reg = registry()
@reg.mapped
@dataclass
class D:
    __tablename__ = 'd'
    __sa_dataclass_metadata_key__ = 'sa'
    id: int = field(init=False, metadata={'sa': sa.Column(sa.Integer, primary_key=True)})
@dataclass
class Point:
    x: int
    y: int
@reg.mapped_as_dataclass
class P:
    __tablename__ = 'p'
    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    at: Mapped[Point] = composite(mapped_column('x1'), mapped_column('y1'))
Gen = reg.generate_base()
class G(Gen):
    __tablename__ = 'g'
    id = sa.Column(sa.Integer, primary_key=True)
",
        expect![[r#"
            d
            id: Integer not null
            pk (id)

            p
            id: Integer not null
            x1: Integer not null
            y1: Integer not null
            pk (id)

            g
            id: Integer not null
            pk (id)
        "#]],
    );
}

#[test]
fn a_base_that_names_the_tables() {
    check_models(
        "
from sqlalchemy.orm import declared_attr, has_inherited_table
class Base(DeclarativeBase):
    id: Mapped[int] = mapped_column(primary_key=True)
    @declared_attr.directive
    def __tablename__(cls):
        return None if has_inherited_table(cls) else cls.__name__.lower()

class Pay(Base):
    kind: Mapped[str]

class Card(Pay):
    number: Mapped[str | None]
",
        expect![[r#"
            pay
            kind: String not null
            id: Integer not null
            number: String
            pk (id)
        "#]],
    );
}

#[test]
fn attributes_that_every_class_is_to_have() {
    check_models(
        "
from sqlalchemy.orm import declared_attr, has_inherited_table
class Base(DeclarativeBase):
    @declared_attr.directive
    def __tablename__(cls):
        return cls.__name__.lower()

class Keyed:
    @declared_attr.cascading
    def id(cls):
        if has_inherited_table(cls):
            return mapped_column(sa.ForeignKey('person.id'), primary_key=True)
        return mapped_column(sa.BigInteger, primary_key=True)

class Person(Keyed, Base):
    name: Mapped[str]

class Engineer(Person):
    skill: Mapped[str]
",
        expect![[r#"
            person
            name: String not null
            id: BigInteger not null
            pk (id)

            engineer
            skill: String not null
            id: BigInteger not null
            pk (id)
            fk (id) -> person(id)
        "#]],
    );
}

#[test]
fn classes_under_a_base_that_is_made() {
    check_models(
        "
from sqlalchemy.orm import declared_attr
class Helper:
    id = sa.Column(sa.Integer, primary_key=True)
    @declared_attr
    def __tablename__(cls):
        return 'x_' + cls.__name__.lower()

Base = declarative_base(cls=Helper)

class Foo(Base):
    name = sa.Column(sa.String(5))
",
        expect![[r#"
            x_foo
            name: String(5)
            id: Integer not null
            pk (id)
        "#]],
    );
}
