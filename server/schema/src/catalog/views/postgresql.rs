//! PostgreSQL's own catalogue.

use super::super::object::{class, namespace, none, type_};
use super::super::pragma::{name, told};
use super::super::relation::Relation;
use super::super::{Catalog, Cell};
use super::{INSIDE, NUMBERED, TABLES, Whose, indexes, number};
use crate::constraint::ConstraintKind;
use crate::table::ObjectKind;
use crate::{ForeignKey, TableName};
use fact::{Fact, Name, Reason, Unknown};

impl Catalog<'_> {
    pub(super) fn pg_tables(&self) -> Relation {
        let mut found = Relation::new(&["schemaname", "tablename"]);
        for name in self.all_tables().map(|table| &table.name) {
            found.push(vec![self.schema_of(name), Cell::text(&name.name)]);
        }
        self.doubts(&mut found, &Whose { schemas: &["schemaname"], tables: &["tablename"], ..TABLES });
        found
    }

    pub(super) fn pg_indexes(&self) -> Relation {
        let mut found = Relation::new(&["schemaname", "tablename", "indexname"]);
        for table in self.all_tables() {
            for (index, ..) in indexes(table) {
                found.push(vec![self.schema_of(&table.name), Cell::text(&table.name.name), index]);
            }
        }
        self.doubts(
            &mut found,
            &Whose { schemas: &["schemaname"], tables: &["tablename"], own: &["indexname"], ..INSIDE },
        );
        found
    }

    pub(super) fn pg_index(&self) -> Relation {
        let mut found =
            Relation::new(&["indexrelid", "indrelid", "indisunique", "indisprimary", "indisvalid"]);
        for table in self.all_tables() {
            let key = table.primary_key.as_ref().map(|key| name(&key.name));
            for (index, _, unique) in indexes(table) {
                let primary = Some(&index) == key.as_ref();
                found.push(vec![
                    number(&table.name, &index),
                    class(&table.name),
                    told(unique, Cell::Bool),
                    Cell::Bool(primary),
                    Cell::Bool(true),
                ]);
            }
        }
        self.doubts(
            &mut found,
            &Whose { numbers: &["indrelid"], own: &["indexrelid"], inside: true, ..NUMBERED },
        );
        found
    }

    pub(super) fn pg_class(&self) -> Relation {
        let mut found = Relation::new(&["oid", "relname", "relkind", "relnamespace"]);
        let mut add = |oid: Cell, name: Cell, kind: &str, of: &TableName| {
            found.push(vec![oid, name, Cell::text(kind), namespace(&self.schema_of(of))]);
        };
        for table in self.all_tables().map(|table| &table.name) {
            add(class(table), Cell::text(&table.name), "r", table);
        }
        for table in self.all_tables() {
            for (index, ..) in indexes(table) {
                add(number(&table.name, &index), index, "i", &table.name);
            }
        }
        for sequence in self.schema.sequences.keys() {
            add(class(sequence), Cell::text(&sequence.name), "S", sequence);
        }
        for view in self.others(&[ObjectKind::View]) {
            add(class(view), Cell::text(&view.name), "v", view);
        }
        for view in self.others(&[ObjectKind::MaterializedView]) {
            add(class(view), Cell::text(&view.name), "m", view);
        }
        for table in self.all_tables() {
            if let Some(because) = &table.open {
                found.doubt(because, &[("relkind", Cell::text("i"))]);
            }
        }
        self.doubts(
            &mut found,
            &Whose { tables: &["relname"], numbers: &["oid"], own: &["relnamespace"], ..NUMBERED },
        );
        found
    }

    pub(super) fn pg_namespace(&self) -> Relation {
        let mut found = Relation::new(&["oid", "nspname"]);
        let default = self.dialect.kind.rules().default_schema();
        let named = self.others(&[ObjectKind::Schema]).map(|name| name.name.to_string());
        let used = self.all_tables().filter_map(|table| table.name.schema).map(|name| name.to_string());
        let mut names: Vec<String> =
            default.map(str::to_owned).into_iter().chain(named).chain(used).collect();
        names.sort();
        names.dedup();
        for name in names {
            found.push(vec![namespace(&Cell::text(&name)), Cell::text(&name)]);
        }
        let server = Unknown::nowhere(Reason::ServerMade);
        found.doubt(&server, &[("nspname", Cell::System), ("oid", Cell::System)]);
        found
    }

    pub(super) fn pg_constraint(&self) -> Relation {
        let mut found = Relation::new(&[
            "conname",
            "conrelid",
            "contype",
            "confrelid",
            "connamespace",
            "conindid",
            "convalidated",
        ]);
        for table in self.all_tables() {
            let valid = |kind, at: usize| match kind {
                ConstraintKind::ForeignKey => table.foreign_keys.get(at).is_none_or(|key| !key.not_valid),
                ConstraintKind::Check => table.checks.get(at).is_none_or(|check| !check.not_valid),
                _ => true,
            };
            let mut seen: [usize; 2] = [0, 0];
            for (kind, constraint) in table.constraint_names() {
                let counted = match kind {
                    ConstraintKind::ForeignKey => Some(0),
                    ConstraintKind::Check => Some(1),
                    _ => None,
                };
                let at = counted.map_or(0, |which| seen[which]);
                if let Some(which) = counted {
                    seen[which] += 1;
                }
                let cell = name(constraint);
                let key = table.foreign_keys.get(at).filter(|_| kind == ConstraintKind::ForeignKey);
                found.push(vec![
                    cell.clone(),
                    class(&table.name),
                    Cell::text(letter(kind)),
                    key.map_or_else(none, |key| class(&key.ref_table)),
                    namespace(&self.schema_of(&table.name)),
                    match (kind, key) {
                        (_, Some(key)) => self.referenced_index(key),
                        (ConstraintKind::Check, _) => none(),
                        _ => number(&table.name, &cell),
                    },
                    Cell::Bool(valid(kind, at)),
                ]);
            }
        }
        self.doubts(
            &mut found,
            &Whose {
                numbers: &["conrelid"],
                own: &["conname", "connamespace", "conindid", "confrelid"],
                inside: true,
                ..NUMBERED
            },
        );
        found
    }

    /// The number of the index that a foreign key leans on.
    fn referenced_index(&self, key: &ForeignKey) -> Cell {
        let unknown = || Cell::Unknown(Unknown::nowhere(Reason::ServerMade));
        let Some(table) = self.schema.tables.get(&key.ref_table) else { return unknown() };
        let same = |columns: &[Name]| key.ref_columns.is_empty() || columns == key.ref_columns;
        match &table.primary_key {
            Some(primary) if same(&primary.columns) => number(&table.name, &name(&primary.name)),
            _ => match table.uniques.iter().find(|unique| unique.columns == key.ref_columns) {
                Some(unique) => number(&table.name, &name(&unique.name)),
                None => unknown(),
            },
        }
    }

    pub(super) fn pg_attribute(&self) -> Relation {
        let mut found = Relation::new(&["attrelid", "attname", "attnum", "attnotnull", "attisdropped"]);
        for table in self.all_tables() {
            let system = ["tableoid", "cmax", "xmax", "cmin", "xmin", "ctid"];
            for (at, column) in system.into_iter().enumerate() {
                let number = Cell::Int(at as i64 - 6);
                let (yes, no) = (Cell::Bool(true), Cell::Bool(false));
                found.push(vec![class(&table.name), Cell::text(column), number, yes, no]);
            }
            for (at, column) in table.columns.iter().enumerate() {
                found.push(vec![
                    class(&table.name),
                    Cell::text(&column.name),
                    Cell::Int(at as i64 + 1),
                    told(column.nullable.clone(), |nullable| Cell::Bool(!nullable)),
                    Cell::Bool(false),
                ]);
            }
        }
        self.doubts(&mut found, &Whose { numbers: &["attrelid"], own: &[], inside: true, ..NUMBERED });
        found
    }

    pub(super) fn pg_type(&self) -> Relation {
        let mut found = Relation::new(&["oid", "typname", "typtype", "typnamespace"]);
        let enums = self.schema.enums.keys().map(|name| (name, "e"));
        for (name, kind) in enums.chain(self.all_tables().map(|table| (&table.name, "c"))) {
            let schema = namespace(&self.schema_of(name));
            found.push(vec![type_(name), Cell::text(&name.name), Cell::text(kind), schema]);
        }
        for name in self.schema.maybe_enums.keys() {
            let because = Unknown::nowhere(Reason::UndecidedTest);
            found.doubt(&because, &[("typname", Cell::text(&name.name))]);
        }
        for domain in self.others(&[ObjectKind::Domain]) {
            let because = Unknown::nowhere(Reason::ServerMade);
            found.doubt(&because, &[("typname", Cell::text(&domain.name))]);
        }
        self.doubts(&mut found, &Whose { own: &["oid", "typname", "typnamespace"], ..NUMBERED });
        found
    }

    pub(super) fn pg_enum(&self) -> Relation {
        let mut found = Relation::new(&["enumtypid", "enumlabel", "enumsortorder"]);
        for (name, made) in &self.schema.enums {
            match &made.labels {
                Fact::Known(labels) => {
                    for (at, label) in labels.iter().enumerate() {
                        found.push(vec![type_(name), Cell::text(label), Cell::Int(at as i64 + 1)]);
                    }
                }
                Fact::Unknown(because) => found.doubt(because, &[("enumtypid", type_(name))]),
            }
        }
        for name in self.schema.maybe_enums.keys() {
            found.doubt(&Unknown::nowhere(Reason::UndecidedTest), &[("enumtypid", type_(name))]);
        }
        if let Some(because) = &self.schema.opaque {
            found.doubt(because, &[]);
        }
        found
    }
}

/// `contype`
fn letter(kind: ConstraintKind) -> &'static str {
    match kind {
        ConstraintKind::PrimaryKey => "p",
        ConstraintKind::Unique => "u",
        ConstraintKind::ForeignKey => "f",
        ConstraintKind::Check => "c",
        ConstraintKind::Exclude => "x",
    }
}
