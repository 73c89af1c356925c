//! Indexes made, dropped and renamed.

use super::engine::{Engine, similar};
use super::named::Given;
use super::{Existing, Failure};
use crate::constraint::ConstraintName;
use crate::dialect::Change;
use crate::operation::Written;
use crate::{Index, Kind, Table, TableName};
use fact::{Fact, Name};

impl Engine<'_> {
    pub fn create_index(&mut self, written: &TableName, wanted: &Index, if_not_exists: bool) {
        let mut table = self.open_table(written);
        if if_not_exists && self.rules().is_some_and(|rules| !rules.alters(Change::CreateIndexIfNotExists)) {
            self.refuse_clause(*written, "CREATE INDEX IF NOT EXISTS");
        }
        let columns: Vec<Name> = wanted.columns().map(|column| self.current(column)).collect();
        for column in columns.iter().chain(&wanted.include) {
            self.need_column(&mut table, *column);
        }
        let mut index = wanted.clone();
        let mut next = columns.iter();
        for item in &mut index.items {
            if let crate::IndexItem::Column(name) = item
                && let Some(column) = next.next()
            {
                *name = *column;
            }
        }
        let given = Given {
            name: &wanted.name,
            is_final: wanted.name_is_final,
            table: *written,
            columns: &columns,
            referred: None,
        };
        index.name = self.index_name(&table, &given, &index);
        index.name_is_final = true;
        index.concurrently = false;
        self.leave_out_options(&mut index);
        if let Fact::Known(Some(name)) = index.name
            && self.index_name_taken(&table, name)
        {
            if !if_not_exists {
                let table = Some(*written);
                self.fail(Failure::AlreadyExists { kind: Existing::Index, table, name });
            }
            self.store(table);
            return;
        }
        self.check_index_types(&table, *written, &index);
        self.drop_redundant(&mut table, &columns);
        table.indexes.push(index);
        self.store(table);
    }

    /// An option is for some databases, and passed over by the others.
    fn leave_out_options(&self, index: &mut Index) {
        let Some(kind) = self.kind().filter(|_| self.written != Written::Sql) else { return };
        if kind != Kind::Postgresql {
            index.using = None;
        }
        if kind.is_mysql_like() {
            index.condition = None;
        }
        if !matches!(kind, Kind::Postgresql | Kind::Mssql) {
            index.include.clear();
        }
    }

    pub fn drop_index(&mut self, written: Option<&TableName>, name: &Fact<Name>, if_exists: bool) {
        let name = match name {
            Fact::Known(name) => *name,
            Fact::Unknown(unknown) => {
                let Some(written) = written else {
                    self.each_table(|table| {
                        table.open.get_or_insert_with(|| unknown.clone());
                        true
                    });
                    return;
                };
                let mut table = self.open_table(written);
                table.open.get_or_insert_with(|| unknown.clone());
                self.store(table);
                return;
            }
        };
        let refused = if_exists && self.rules().is_some_and(|rules| !rules.alters(Change::DropIndexIfExists));
        if let (Some(written), true) = (written, refused) {
            self.refuse_clause(*written, "DROP INDEX IF EXISTS");
        }
        let Some(found) = self.table_with_index(written, name) else {
            self.missing_index(written, name, if_exists);
            return;
        };
        let mut table = self.open_table(&found);
        let wanted: ConstraintName = Fact::Known(Some(name));
        let columns: Option<Vec<Name>> = match table.indexes.iter().position(|index| index.name == wanted) {
            Some(at) => {
                let index = table.indexes.remove(at);
                let rested_on = self.is_mysql_like() || index.unique == Fact::Known(true);
                rested_on.then(|| index.columns().collect())
            }
            None => {
                let at = table.uniques.iter().position(|unique| unique.name == wanted);
                at.map(|at| table.uniques.remove(at).columns)
            }
        };
        if let Some(columns) = columns {
            self.release(&table, found, name, &columns, false);
        }
        self.store(table);
    }

    pub fn rename_index(&mut self, written: Option<&TableName>, from: Name, to: Name) {
        let found = self.table_with_index(written, from).or_else(|| self.table_with_key(from));
        let Some(found) = found else {
            self.missing_index(written, from, false);
            return;
        };
        let mut table = self.open_table(&found);
        let (wanted, renamed): (ConstraintName, ConstraintName) =
            (Fact::Known(Some(from)), Fact::Known(Some(to)));
        for index in table.indexes.iter_mut().filter(|index| index.name == wanted) {
            index.name = renamed.clone();
            index.server_made = false;
        }
        for unique in table.uniques.iter_mut().filter(|unique| unique.name == wanted) {
            unique.name = renamed.clone();
        }
        if let Some(key) = table.primary_key.as_mut().filter(|key| key.name == wanted) {
            key.name = renamed;
        }
        self.store(table);
    }

    /// The current name of a column that the batch block under way may have renamed (without a dialect only).
    pub fn current(&self, column: Name) -> Name {
        self.renamed.iter().find(|(old, _)| *old == column).map_or(column, |(_, new)| *new)
    }

    fn refuse_clause(&mut self, table: TableName, what: &'static str) {
        // SQL Server is not sent the clause at all.
        if !self.is(Kind::Mssql) {
            self.fail(Failure::Unsupported { table, what });
        }
    }

    fn index_name_taken(&self, table: &Table, name: Name) -> bool {
        let wanted: ConstraintName = Fact::Known(Some(name));
        let own = table.indexes.iter().any(|index| index.name == wanted);
        match self.kind() {
            Some(Kind::Postgresql) => self.is_taken_by_relation(table, name),
            Some(Kind::Sqlite) => {
                own || self
                    .schema
                    .tables
                    .values()
                    .any(|other| other.name.schema == table.name.schema && has_index(other, &wanted))
            }
            Some(Kind::Mysql | Kind::Mariadb) => own || table.uniques.iter().any(|u| u.name == wanted),
            _ => own,
        }
    }

    /// Tables, indexes and the constraints that are indexes share one namespace on PostgreSQL.
    pub fn is_taken_by_relation(&self, table: &Table, name: Name) -> bool {
        let wanted: ConstraintName = Fact::Known(Some(name));
        let relation = TableName { schema: table.name.schema, name };
        let uses = |table: &Table| {
            has_index(table, &wanted)
                || table.uniques.iter().any(|unique| unique.name == wanted)
                || table.excludes.iter().any(|exclude| exclude.name == wanted)
                || table.primary_key.as_ref().is_some_and(|key| key.name == wanted)
        };
        self.schema.tables.contains_key(&relation)
            || uses(table)
            || self.schema.tables.values().any(|other| {
                other.name.schema == table.name.schema && other.name != table.name && uses(other)
            })
    }

    /// The table that has the index. PostgreSQL and SQLite look for the name alone.
    fn table_with_index(&self, written: Option<&TableName>, name: Name) -> Option<TableName> {
        let wanted: ConstraintName = Fact::Known(Some(name));
        let schema = written.map(|written| self.key(written).schema);
        let matches = |table: &Table| {
            has_index(table, &wanted)
                || (self.is_mysql_like() && table.uniques.iter().any(|unique| unique.name == wanted))
        };
        if let Some(written) = written {
            let own = self.schema.tables.get(&self.key(written)).filter(|table| matches(table));
            if let Some(own) = own {
                return Some(own.name);
            }
        }
        if self.kind().is_some_and(|kind| !kind.rules().indexes_share_a_namespace()) {
            return None;
        }
        let others = self.schema.tables.values();
        others
            .filter(|table| schema.is_none_or(|schema| table.name.schema == schema))
            .find(|table| matches(table))
            .map(|table| table.name)
    }

    /// On PostgreSQL the index behind a key has the key's name, and is renamed with it.
    fn table_with_key(&self, name: Name) -> Option<TableName> {
        if self.kind().is_some_and(|kind| kind != Kind::Postgresql) {
            return None;
        }
        let wanted: ConstraintName = Fact::Known(Some(name));
        let has = |table: &&std::sync::Arc<Table>| {
            table.uniques.iter().any(|unique| unique.name == wanted)
                || table.primary_key.as_ref().is_some_and(|key| key.name == wanted)
        };
        self.schema.tables.values().find(has).map(|table| table.name)
    }

    fn missing_index(&mut self, written: Option<&TableName>, name: Name, if_exists: bool) {
        let by_table = self.kind().is_some_and(|kind| !kind.rules().indexes_share_a_namespace());
        if by_table && written.is_none() {
            self.fail(Failure::NeedsTableName { index: name });
            return;
        }
        let supported = self.rules().is_none_or(|rules| rules.alters(Change::DropIndexIfExists));
        if (if_exists && supported) || self.schema.opaque.is_some() {
            return;
        }
        match written {
            Some(written) => {
                let table = self.open_table(written);
                let unknown_name = table.indexes.iter().any(|index| !index.name.is_known());
                if table.open.is_none() && !unknown_name {
                    let names =
                        table.indexes.iter().filter_map(|index| index.name.known().copied().flatten());
                    let suggestions = similar(name, names);
                    self.fail(Failure::NoSuchIndex { table: Some(*written), name, suggestions });
                }
                self.store(table);
            }
            None if self.schema.tables.values().any(|table| table.open.is_some()) => {}
            None => {
                let tables = self.schema.tables.values();
                let names = tables.flat_map(|table| {
                    table.indexes.iter().filter_map(|index| index.name.known().copied().flatten())
                });
                let suggestions = similar(name, names);
                self.fail(Failure::NoSuchIndex { table: None, name, suggestions });
            }
        }
    }
}

fn has_index(table: &Table, name: &ConstraintName) -> bool {
    table.indexes.iter().any(|index| index.name == *name)
}
