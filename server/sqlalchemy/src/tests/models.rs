use super::host::{Modules, PRELUDE};
use super::show;
use crate::declarative::{ModelHost, Versions};
use expect_test::{Expect, expect};
use python::eval::{Budget, Interp};

/// All tables of a module's classes and tables, as [`Models::tables`] puts them together.
pub fn check_models(text: &str, want: Expect) {
    check_models_of(&[("m", text)], Versions::default(), want);
}

pub fn check_models_of(texts: &[(&str, &str)], versions: Versions, want: Expect) {
    let mut modules = Modules::default();
    let sources: Vec<_> =
        texts.iter().map(|(dotted, text)| modules.add(dotted, &format!("{PRELUDE}{text}"), false)).collect();
    let mut interp = Interp::new(ModelHost::default(), &modules, Budget::default());
    for source in &sources {
        if let Err(raise) = interp.run_module(source) {
            panic!("{raise:?}");
        }
    }
    let mut models = (*interp.host.models).clone();
    models.versions = versions;
    for source in &sources {
        let names: Vec<_> = source.bindings.names().collect();
        for bound in names {
            if let Some(value) = interp.module_attribute(source, bound)
                && interp.class_view(&value).is_some()
            {
                models.add_class(value);
            }
        }
    }
    let tables = models.tables(&mut interp);
    let mut shown: Vec<String> = tables.iter().map(|mapped| show::table(&mapped.table)).collect();
    let unnamed: Vec<String> = models
        .unnamed(&mut interp)
        .into_iter()
        .filter_map(|(class, because)| {
            Some(format!("{}: {}\n", interp.class_view(&class)?.name, because.reason))
        })
        .collect();
    if !unnamed.is_empty() {
        shown.push(unnamed.concat());
    }
    want.assert_eq(&shown.join("\n"));
}

#[test]
fn mapped_annotations() {
    check_models(
        "
import datetime, decimal, uuid
from typing import Annotated, ClassVar, Literal, NewType, Optional, Union
from sqlalchemy.orm import relationship

class Base(DeclarativeBase):
    type_annotation_map = {decimal.Decimal: sa.Numeric(12, 2), dict[str, object]: sa.JSON}

class Color(enum.Enum):
    RED = 1
    GREEN = 2

pk = Annotated[int, mapped_column(primary_key=True)]
UserId = NewType('UserId', int)

class A(Base):
    __tablename__ = 'a'
    LIMIT: ClassVar[int] = 5
    id: Mapped[pk]
    s: Mapped[str]
    o: Mapped[Optional[str]]
    u: Mapped[Union[str, None]]
    p: Mapped[int | None]
    text: Mapped['Optional[int]']
    whole: 'Mapped[datetime.date]'
    d: Mapped[decimal.Decimal]
    c: Mapped[Color]
    lit: Mapped[Literal['x', 'yy']]
    j: Mapped[dict[str, object]]
    n: Mapped[UserId]
    e: Mapped[str] = mapped_column(sa.String(5), nullable=True)
    plain: Mapped[int] = sa.Column(sa.SmallInteger)
    fk: Mapped[int] = mapped_column(sa.ForeignKey('b.id'))
    b: Mapped['B'] = relationship()
    bs: Mapped[list['B']] = relationship()
    f: Mapped[float]
    what: Mapped[complex]

class B(Base):
    __tablename__ = 'b'
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
",
        expect![[r#"
            a
            id: Integer not null
            s: String not null
            o: String
            u: String
            p: Integer
            text: Integer
            whole: Date not null
            d: Numeric(12, 2) not null
            c: Enum color RED|GREEN not null
            lit: Enum x|yy text not null
            j: Json not null
            n: Integer not null
            e: String(5)
            plain: SmallInteger
            fk: Uuid not null
            f: ?(versions of the database differ) not null
            what: ?(the type of the annotation cannot be read) not null
            pk (id)
            fk (fk) -> b(id)

            b
            id: Uuid not null
            pk (id)
        "#]],
    );
}

#[test]
fn annotated_columns_are_overridden() {
    check_models(
        "
from typing import Annotated, Optional
class Base(DeclarativeBase):
    pass
name = Annotated[str, mapped_column(sa.String(50), index=True, nullable=False)]
class A(Base):
    __tablename__ = 'a'
    id: Mapped[int] = mapped_column('key', primary_key=True)
    a: Mapped[name]
    b: Mapped[Optional[name]] = mapped_column(sa.String(80), unique=True)
    last: Mapped[int] = mapped_column(sort_order=-1)
",
        expect![[r#"
            a
            last: Integer not null
            key: Integer not null
            a: String(50) not null
            b: String(80) not null
            pk (key)
            index (a)
            unique index (b)
        "#]],
    );
}

#[test]
fn mixins_and_abstract_bases() {
    check_models(
        "
from sqlalchemy.orm import declared_attr
class Base(DeclarativeBase):
    pass
class Stamp:
    made = sa.Column(sa.DateTime, server_default=func.now())
    @declared_attr
    def owner_id(cls):
        return sa.Column(sa.Integer, sa.ForeignKey('owner.id'))
    @declared_attr.directive
    def __tablename__(cls):
        return cls.__name__.lower() + 's'
    __table_args__ = {'comment': 'stamped'}
class Core(Base):
    __abstract__ = True
    id = sa.Column(sa.Integer, primary_key=True)
class Doc(Stamp, Core):
    body = sa.Column(sa.Text)
class Note(Stamp, Core):
    __tablename__ = 'note'
    made = sa.Column(sa.Date)
    __table_args__ = (sa.Index('ix_note', 'made'), {'schema': 's'})
",
        expect![[r#"
            docs
            body: Text
            made: DateTime default Now
            owner_id: Integer
            id: Integer not null
            pk (id)
            fk (owner_id) -> owner(id)
            -- stamped

            s.note
            made: Date
            owner_id: Integer
            id: Integer not null
            pk (id)
            fk (owner_id) -> owner(id)
            index ix_note (made)
        "#]],
    );
}

#[test]
fn inheritance() {
    check_models(
        "
from typing import Optional
class Base(DeclarativeBase):
    pass
class Animal(Base):
    __tablename__ = 'animal'
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
class Dog(Animal):
    tricks: Mapped[int]
class Puppy(Dog):
    age: Mapped[Optional[int]]
    tricks: Mapped[int] = mapped_column(use_existing_column=True)
class Horse(Animal):
    __tablename__ = 'horse'
    id: Mapped[int] = mapped_column(sa.ForeignKey(Animal.id), primary_key=True)
    height: Mapped[int]
",
        expect![[r#"
            animal
            id: Integer not null
            kind: String not null
            tricks: Integer not null
            age: Integer
            pk (id)

            horse
            id: Integer not null
            height: Integer not null
            pk (id)
            fk (id) -> animal(id)
        "#]],
    );
}

#[test]
fn table_arguments() {
    check_models(
        "
Base = declarative_base()
class A(Base):
    __tablename__ = 'a'
    id = sa.Column(sa.Integer, primary_key=True)
    code = sa.Column('the_code', sa.String(3), key='code_key')
    when = sa.Column(sa.DateTime)
    __table_args__ = (
        sa.UniqueConstraint('code_key', name='uq'),
        sa.CheckConstraint(when > 5, name='ck'),
        sa.Index('ix_when', when.desc(), postgresql_where=code.is_(None)),
        {'mysql_engine': 'InnoDB', 'extend_existing': True},
    )
class B(Base):
    __tablename__ = 'b'
    id = sa.Column(sa.Integer, primary_key=True)
    odd = nowhere
class C(Base):
    __tablename__ = 'c'
    __table_args__ = nowhere
    id = sa.Column(sa.Integer, primary_key=True)
class D(Base):
    __tablename__ = nowhere
    id = sa.Column(sa.Integer, primary_key=True)
",
        expect![[r#"
            a
            id: Integer not null
            the_code: String(3)
            when: DateTime
            pk (id)
            unique uq (the_code)
            check ck when > 5
            index ix_when ([when DESC]) where the_code IS NULL
            mysql_engine=InnoDB

            b
            id: Integer not null
            pk (id)
            open: nothing binds the name nowhere

            C: the schema of the table cannot be read
            D: nothing binds the name nowhere
        "#]],
    );
}

#[test]
fn tables_and_what_is_added_to_them() {
    check_models(
        "
meta = sa.MetaData(schema='s')
users = sa.Table('users', meta, sa.Column('id', sa.BigInteger, primary_key=True))
links = sa.Table('links', meta, sa.Column('a', sa.ForeignKey('users.id')), sa.Column('b', None, sa.ForeignKey(users.c.id)))
users.append_column(sa.Column('more', sa.Text))
sa.Index('ix_more', users.c.more)
Base = declarative_base(metadata=meta)
class User(Base):
    __table__ = users
class Post(Base):
    __tablename__ = 'posts'
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
sa.Index('ix_title', Post.title, func.lower(Post.title))
Post.__table__.append_constraint(sa.UniqueConstraint('title', name='uq'))
",
        expect![[r#"
            s.users
            id: BigInteger not null
            more: Text
            pk (id)
            index ix_more (more)

            s.links
            a: BigInteger
            b: BigInteger
            fk (a) -> s.users(id)
            fk (b) -> s.users(id)

            s.posts
            id: Integer not null
            title: String not null
            pk (id)
            unique uq (title)
            index ix_title (title, [lower(title)])
        "#]],
    );
}

#[test]
fn a_base_that_cannot_be_seen_opens_the_table() {
    check_models(
        "
from somewhere import TimestampMixin
Base = declarative_base()
class A(TimestampMixin, Base):
    __tablename__ = 'a'
    id = sa.Column(sa.Integer, primary_key=True)
",
        expect![[r#"
            a
            id: Integer not null
            pk (id)
            open: it comes from somewhere.TimestampMixin, outside the project
        "#]],
    );
}

#[test]
fn a_single_class() {
    let got = super::host::evaluate(
        "
Base = declarative_base()
class x(Base):
    __tablename__ = 'a'
    id = sa.Column(sa.Integer, primary_key=True)
",
        |interp, value| crate::mapped_table(interp, value).map(|table| show::table(&table)),
    );
    assert_eq!(got.as_deref(), Some("a\nid: Integer not null\npk (id)\n"));
    for text in ["x = declarative_base()", "class x:\n    pass", "x = 5"] {
        assert!(super::host::evaluate(text, crate::mapped_table).is_none(), "{text}");
    }
}

#[test]
fn annotated_inside_annotated_is_flat() {
    check_models(
        "
from typing import Annotated
name = Annotated[str, 30]
short = Annotated[name, mapped_column(unique=True)]
class Base(DeclarativeBase):
    type_annotation_map = {name: sa.String(30)}
class A(Base):
    __tablename__ = 'a'
    id: Mapped[int] = mapped_column(primary_key=True)
    whole: Mapped[name]
    flat: Mapped[short]
",
        expect![[r#"
            a
            id: Integer not null
            whole: String(30) not null
            flat: String not null
            pk (id)
            unique (flat)
        "#]],
    );
}
