//! `name type clauses`: a column as CREATE TABLE, ADD, MODIFY and CHANGE spell it.

use super::constraint::{Deferrable, TableItem, Tail, check, references};
use super::cursor::{Cursor, Read, Unreadable};
use super::lex::TokenKind;
use super::types::data_type;
use crate::column::{Autoincrement, Computed, Identity};
use crate::constraint::ConstraintName;
use crate::{Column, Constraint, Index, IndexItem, Kind, PrimaryKey, ServerDefault, TableName, Type, Unique};
use fact::{Fact, Name, Reason, Unknown};

/// A column and what its definition says of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Definition {
    pub column: Column,
    pub primary_key: Option<PrimaryKey>,
    pub constraints: Vec<Constraint>,
    pub indexes: Vec<Index>,
    pub inline_references: bool,
}

/// Reads a whole definition, to the end of the cursor or to a comma.
pub(super) fn definition(cursor: &mut Cursor<'_>) -> Read<Definition> {
    let name = cursor.name()?;
    let mut read = Reading::new(name, cursor);
    let computed_without_type = cursor.is("AS") && cursor.symbol(1) == "(";
    if computed_without_type {
        read.definition.column.ty = Fact::Unknown(Unknown::new(Reason::ServerMade, cursor.place()));
    } else {
        let ty = data_type(cursor)?;
        read.definition.column.ty = ty.ty;
        if ty.serial {
            read.counts();
        }
    }
    while !cursor.done() && cursor.symbol(0) != "," {
        read.clause(cursor)?;
    }
    Ok(read.finish(cursor))
}

struct Reading {
    definition: Definition,
    /// The name that `CONSTRAINT name` gives to the next clause.
    pending: ConstraintName,
    serial: bool,
}

impl Reading {
    fn new(name: Name, cursor: &Cursor<'_>) -> Reading {
        let mut column = Column::new(name, Fact::Known(Type::Null), cursor.place());
        // SQL says that a column counts, or it does not; SQLite's integer key is the exception.
        column.autoincrement = Autoincrement::Off;
        Reading {
            definition: Definition {
                column,
                primary_key: None,
                constraints: Vec::new(),
                indexes: Vec::new(),
                inline_references: false,
            },
            pending: Fact::Known(None),
            serial: false,
        }
    }

    /// SERIAL is short for NOT NULL and a counter of its own; the sequence is named when the column is made.
    fn counts(&mut self) {
        self.serial = true;
        self.definition.column.nullable = Fact::Known(false);
        self.definition.column.autoincrement = Autoincrement::On;
    }

    fn name(&mut self) -> ConstraintName {
        std::mem::replace(&mut self.pending, Fact::Known(None))
    }

    fn columns(&self) -> Vec<Name> {
        vec![self.definition.column.name]
    }

    fn clause(&mut self, cursor: &mut Cursor<'_>) -> Read<()> {
        let place = cursor.place();
        if cursor.eat("CONSTRAINT") {
            self.pending = cursor.maybe_name()?.map(Some);
        } else if cursor.eat("NOT NULL") {
            self.name();
            self.definition.column.nullable = Fact::Known(false);
            cursor.eat("ENABLE");
            if cursor.eat("ON CONFLICT") {
                cursor.at += 1;
            }
        } else if cursor.eat("NULL") {
            self.name();
            self.definition.column.nullable = Fact::Known(true);
        } else if cursor.eat("DEFAULT") {
            self.name();
            let value = cursor.until(ends_value);
            if value.done() {
                return Err(Unreadable);
            }
            self.definition.column.default = server_default(&value);
            cursor.eat("WITH VALUES");
        } else if cursor.eat("PRIMARY KEY") || (cursor.is_mysql() && cursor.eat("KEY")) {
            let name = self.name();
            cursor.eat_any(&["ASC", "DESC"]);
            let key = PrimaryKey { name, name_is_final: true, ..PrimaryKey::new(self.columns(), place) };
            self.definition.primary_key = Some(key);
            Tail::default().read(cursor)?;
        } else if cursor.eat("UNIQUE") {
            self.unique(cursor)?;
        } else if cursor.eat("REFERENCES") {
            let name = self.name();
            let key = references(cursor, name, self.columns())?;
            self.definition.inline_references = true;
            // MySQL reads the clause and forgets it.
            if cursor.source.dialect != Some(Kind::Mysql) {
                self.definition.constraints.push(Constraint::ForeignKey(key));
            }
        } else if cursor.is("CHECK") {
            cursor.at += 1;
            let name = self.name();
            if let TableItem::Constraint(constraint) = check(cursor, name)? {
                self.definition.constraints.push(constraint);
            }
        } else if !self.generated(cursor)? && !self.attribute(cursor)? {
            let mut tail = Tail::default();
            if !tail.one(cursor)? {
                return Err(Unreadable);
            }
            self.defer(tail.deferrable);
        }
        Ok(())
    }

    fn unique(&mut self, cursor: &mut Cursor<'_>) -> Read<()> {
        cursor.eat("KEY");
        cursor.eat_any(&["CLUSTERED", "NONCLUSTERED"]);
        let mut options = Vec::new();
        super::constraint::eat_nulls(cursor, &mut options);
        let tail = Tail::default().read(cursor)?;
        let unique = Unique {
            name: self.name(),
            name_is_final: true,
            options,
            deferrable: tail.deferrable.deferrable,
            initially: tail.deferrable.initially,
            ..Unique::new(self.columns(), cursor.place())
        };
        self.definition.constraints.push(Constraint::Unique(unique));
        Ok(())
    }

    /// `DEFERRABLE` behind other clauses speaks of the constraint before it.
    fn defer(&mut self, said: Deferrable) {
        let (deferrable, initially) = match self.definition.constraints.last_mut() {
            Some(Constraint::ForeignKey(key)) => (&mut key.deferrable, &mut key.initially),
            Some(Constraint::Unique(unique)) => (&mut unique.deferrable, &mut unique.initially),
            _ => return,
        };
        if said.deferrable.is_some() {
            *deferrable = said.deferrable;
        }
        if said.initially.is_some() {
            *initially = said.initially;
        }
    }

    fn generated(&mut self, cursor: &mut Cursor<'_>) -> Read<bool> {
        let column = &mut self.definition.column;
        if cursor.eat("IDENTITY") {
            column.autoincrement = Autoincrement::On;
            column.nullable = Fact::Known(false);
            if cursor.symbol(0) == "(" {
                let mut inside = cursor.parens()?;
                let (start, increment) = (number(&mut inside), number(&mut inside));
                column.identity = Some(Identity { always: true, start, increment, ..Identity::default() });
            }
            return Ok(true);
        }
        let generated = cursor.eat("GENERATED");
        let always = if generated {
            let by_default = cursor.eat("BY DEFAULT");
            cursor.eat("ON NULL");
            cursor.eat("ALWAYS");
            !by_default
        } else {
            true
        };
        if !cursor.eat("AS") {
            return if generated { Err(Unreadable) } else { Ok(false) };
        }
        if cursor.eat("IDENTITY") {
            column.nullable = Fact::Known(false);
            column.identity = Some(identity_options(cursor, always)?);
        } else if cursor.eat("ROW") {
            cursor.eat_any(&["START", "END"]);
            cursor.eat("HIDDEN");
        } else {
            let sql = cursor.parens()?.source_text().into();
            let persisted = if cursor.eat_any(&["STORED", "PERSISTED", "PERSISTENT"]) {
                Some(true)
            } else if cursor.eat("VIRTUAL") {
                Some(false)
            } else {
                None
            };
            column.computed = Some(Computed { sql, persisted });
        }
        Ok(true)
    }

    fn attribute(&mut self, cursor: &mut Cursor<'_>) -> Read<bool> {
        const FLAGS: [&str; 9] = [
            "ROWGUIDCOL",
            "SPARSE",
            "VISIBLE",
            "INVISIBLE",
            "HIDDEN",
            "UNSIGNED",
            "ZEROFILL",
            "FIRST",
            "PERSISTED",
        ];
        const VALUED: [&str; 6] = ["STORAGE", "COMPRESSION", "COLUMN_FORMAT", "SRID", "AFTER", "ENCODING"];
        let column = &mut self.definition.column;
        if cursor.eat_any(&["AUTO_INCREMENT", "AUTOINCREMENT"]) {
            column.autoincrement = Autoincrement::On;
            if !cursor.is_dialect(&[Kind::Sqlite]) {
                column.nullable = Fact::Known(false);
            }
        } else if cursor.eat("COLLATE") {
            let start = *cursor;
            cursor.table()?;
            let collation = Cursor { end: cursor.at, ..start }.source_text();
            match &mut column.ty {
                Fact::Known(
                    Type::String { collation: slot, .. }
                    | Type::Char { collation: slot, .. }
                    | Type::Text { collation: slot, .. },
                ) => *slot = Some(collation.trim_matches(['"', '`', '[', ']']).into()),
                _ => column.options.push((fact::name("collate"), collation.into())),
            }
        } else if cursor.eat("CHARACTER SET") || cursor.eat("CHARSET") {
            column.options.push((fact::name("charset"), cursor.word(0).into()));
            cursor.at += 1;
        } else if cursor.eat("COMMENT") {
            column.comment = Some(cursor.known_string()?).filter(|text| !text.is_empty());
        } else if cursor.looking_at("ON UPDATE") && !cursor.is_at(2, "CASCADE") && !cursor.is_at(2, "SET") {
            cursor.at += 2;
            let value = cursor.until(ends_value).source_text();
            column.options.push((fact::name("mysql_on_update"), value.into()));
        } else if cursor.is_any(&FLAGS) {
            cursor.at += 1;
        } else if cursor.is_any(&VALUED) {
            cursor.at += 2;
        } else if cursor.eat("INDEX") && cursor.is_dialect(&[Kind::Mssql]) {
            let name = cursor.maybe_name()?.map(Some);
            let unique = cursor.eat("UNIQUE");
            cursor.eat_any(&["CLUSTERED", "NONCLUSTERED"]);
            self.definition.indexes.push(Index {
                name,
                name_is_final: true,
                unique: Fact::Known(unique),
                ..Index::new(vec![IndexItem::Column(self.definition.column.name)], cursor.place())
            });
        } else {
            return Ok(false);
        }
        Ok(true)
    }

    fn finish(mut self, cursor: &Cursor<'_>) -> Definition {
        let column = &mut self.definition.column;
        if self.definition.primary_key.is_some() {
            make_key(column, cursor, true);
        }
        if self.serial && cursor.is_mysql() {
            let unique = Unique { name_is_final: true, ..Unique::new(vec![column.name], cursor.place()) };
            self.definition.constraints.push(Constraint::Unique(unique));
        }
        self.definition
    }
}

/// What being in the primary key, perhaps `alone`, makes of a column.
pub(super) fn make_key(column: &mut Column, cursor: &Cursor<'_>, alone: bool) {
    if !cursor.is_dialect(&[Kind::Sqlite]) {
        column.nullable = Fact::Known(false);
    } else if alone && column.ty == Fact::Known(Type::Integer) {
        // The rowid under another name.
        column.autoincrement = Autoincrement::On;
    }
}

/// `[(START WITH 1 INCREMENT BY 2 ...)]` behind `IDENTITY`.
pub(super) fn identity_options(cursor: &mut Cursor<'_>, always: bool) -> Read<Identity> {
    let mut identity = Identity { always, ..Identity::default() };
    if cursor.symbol(0) == "(" {
        let mut inside = cursor.parens()?;
        while !inside.done() {
            if inside.eat("START") {
                inside.eat("WITH");
                identity.start = number(&mut inside);
            } else if inside.eat("INCREMENT") {
                inside.eat("BY");
                identity.increment = number(&mut inside);
            } else {
                inside.at += 1;
            }
        }
    }
    Ok(identity)
}

fn number(cursor: &mut Cursor<'_>) -> Option<i64> {
    cursor.eat_symbol(",");
    let negative = cursor.eat_symbol("-");
    let token = cursor.peek(0).filter(|t| t.kind == TokenKind::Number)?;
    cursor.at += 1;
    let value: i64 = cursor.text_of(token).parse().ok()?;
    Some(if negative { -value } else { value })
}

/// Does the clause that follows a default value start here?
pub(super) fn ends_value(cursor: &Cursor<'_>) -> bool {
    const WORDS: [&str; 24] = [
        "PRIMARY",
        "UNIQUE",
        "CHECK",
        "REFERENCES",
        "CONSTRAINT",
        "COLLATE",
        "GENERATED",
        "COMMENT",
        "ON",
        "AUTO_INCREMENT",
        "AUTOINCREMENT",
        "IDENTITY",
        "FIRST",
        "AFTER",
        "VIRTUAL",
        "STORED",
        "VISIBLE",
        "INVISIBLE",
        "DEFERRABLE",
        "INITIALLY",
        "COLUMN_FORMAT",
        "STORAGE",
        "KEY",
        "USING",
    ];
    match cursor.word(0) {
        "" => false,
        _ if cursor.is_any(&WORDS) => true,
        _ if cursor.is("NOT") => {
            cursor.is_at(1, "NULL") || cursor.is_at(1, "DEFERRABLE") || cursor.is_at(1, "VALID")
        }
        _ if cursor.is("WITH") => cursor.is_at(1, "VALUES"),
        // `DEFAULT 1 NULL`, but not `x IS NULL` and not `coalesce(NULL)`.
        _ if cursor.is("NULL") => {
            cursor.at > 0
                && cursor.source.tokens.get(cursor.at - 1).is_some_and(|before| {
                    let text = cursor.text_of(*before);
                    match before.kind {
                        TokenKind::Symbol => text == ")",
                        TokenKind::Word => !["IS", "NOT", "THEN", "ELSE", "AND", "OR", "DEFAULT", "FROM"]
                            .iter()
                            .any(|word| text.eq_ignore_ascii_case(word)),
                        _ => true,
                    }
                })
        }
        _ => false,
    }
}

/// A default's value: `Known(None)` for NULL where the database keeps none.
pub(super) fn server_default(value: &Cursor<'_>) -> Fact<Option<ServerDefault>> {
    if value.has_hole() {
        return Fact::Unknown(value.hole());
    }
    let mut value = *value;
    if value.is_dialect(&[Kind::Sqlite]) {
        // SQLite takes the expression out of its parentheses.
        let mut inner = value;
        if let Ok(inside) = inner.parens()
            && inner.done()
        {
            value = inside;
        }
    }
    let single = value.peek(1).is_none();
    if single && value.is("NULL") && !value.is_dialect(&[Kind::Sqlite]) {
        return Fact::Known(None);
    }
    if let Some(token) = value.peek(0).filter(|t| single && t.kind == TokenKind::Text)
        && value.text_of(token).starts_with(['\'', '"'])
    {
        return Fact::Known(Some(ServerDefault::Literal(value.text_value(token).into())));
    }
    if let Some(sequence) = next_value(&value) {
        return Fact::Known(Some(ServerDefault::Sequence(sequence)));
    }
    Fact::Known(Some(ServerDefault::Sql(value.source_text().into())))
}

/// The sequence in `nextval('name'::regclass)`.
fn next_value(value: &Cursor<'_>) -> Option<TableName> {
    let mut value = *value;
    if !value.eat("nextval") {
        return None;
    }
    let mut inside = value.parens().ok()?;
    if !value.done() {
        return None;
    }
    let text = inside.known_string().ok()?;
    if inside.eat_symbol("::") {
        inside.eat_any(&["regclass", "text"]);
    }
    if !inside.done() {
        return None;
    }
    object_in_string(&text, &inside)
}

/// The object that a string names: `'app.seq'`, `'"Seq"'`.
pub(super) fn object_in_string(text: &str, cursor: &Cursor<'_>) -> Option<TableName> {
    use super::lex::{Lexis, lex};
    let tokens = lex(text, Lexis::of(cursor.source.dialect));
    let source = super::cursor::Source { text, tokens: &tokens, ..cursor.source };
    let mut named = Cursor::new(source, 0, tokens.len());
    let table = named.table().ok()?;
    named.done().then_some(table)
}
