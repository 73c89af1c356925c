//! All mapped classes and tables of a project together.

use super::build::{add_shared, lacks_type, mapped_table_in};
use super::type_map::Versions;
use super::{is_mapped, mapped_parent, name_columns, table_name};
use crate::args::{plain_text, unreadable};
use crate::metadata::{Metadata, metadata, naming_convention};
use crate::scope::{Scope, identity};
use crate::table::{Builder, metadata_of_table, table_of_call_in};
use crate::table_ref::table_ref;
use fact::{Fact, Name, Place, Unknown};
use python::eval::Interp;
use python::host::Host;
use python::value::{Args, Symbol, Value};
use schema::{Table, TableName, Type};
use std::sync::Arc;

/// What an evaluation saw: classes, `Table(...)` values, and what was added to tables afterwards.
#[derive(Debug, Clone, Default)]
pub struct Models {
    classes: Vec<Value>,
    tables: Vec<Value>,
    /// A table and the column, constraint or index that was added to it.
    additions: Vec<(Value, Value)>,
    /// `Index(...)` statements: the table is that of their columns.
    indexes: Vec<Value>,
    /// `metadata.naming_convention = {...}`: the object, the attribute, the value.
    assigned: Vec<(Value, Name, Value)>,
    /// Tables that only one course of a test made or changed, with the test as the reason.
    doubtful: Vec<(Value, Unknown)>,
    pub versions: Versions,
}

/// A table with the classes that are mapped to it and the MetaData that it is in.
#[derive(Debug, Clone)]
pub struct MappedTable {
    pub table: Table,
    /// The class that the table belongs to first, then those that share it.
    pub classes: Vec<Value>,
    pub metadata: Option<Metadata>,
}

impl Models {
    /// A class of the project, mapped or not.
    pub fn add_class(&mut self, class: Value) {
        if !self.classes.contains(&class) {
            self.classes.push(class);
        }
    }

    /// A `Table(...)` value, the very one that the code holds.
    pub fn add_table(&mut self, table: Value) {
        if !self.tables.iter().any(|other| identity(other) == identity(&table)) {
            self.tables.push(table);
        }
    }

    /// What two courses of a test saw together. A table that one of them made or changed alone is doubtful.
    pub fn joined(left: &Models, right: &Models, because: &Unknown) -> Models {
        let mut joined = left.clone();
        for class in &right.classes {
            joined.add_class(class.clone());
        }
        let same = |a: &Value, b: &Value| identity(a) == identity(b);
        for (ours, theirs) in [(left, right), (right, left)] {
            for table in &ours.tables {
                if !theirs.tables.iter().any(|other| same(table, other)) {
                    joined.doubtful.push((table.clone(), because.clone()));
                }
            }
            for (table, item) in &ours.additions {
                let known = |(of, other): &(Value, Value)| same(of, table) && same(other, item);
                if !theirs.additions.iter().any(known) {
                    joined.doubtful.push((table.clone(), because.clone()));
                }
            }
            for index in &ours.indexes {
                if !theirs.indexes.iter().any(|other| same(index, other)) {
                    joined.doubtful.push((index.clone(), because.clone()));
                }
            }
        }
        joined.indexes.retain(|index| right.indexes.iter().any(|other| same(index, other)));
        for table in &right.tables {
            joined.add_table(table.clone());
        }
        for theirs in &right.assigned {
            if !joined.assigned.contains(theirs) {
                joined.assigned.push(theirs.clone());
            }
        }
        for theirs in &right.doubtful {
            if !joined.doubtful.iter().any(|(known, _)| same(known, &theirs.0)) {
                joined.doubtful.push(theirs.clone());
            }
        }
        joined
    }

    /// Is this call one that [`Models::observe`] looks at?
    pub fn concerns(callee: &Value, args: &Args) -> bool {
        match callee.as_symbol() {
            Some(Symbol::Attribute { name, .. }) => {
                matches!(name.as_str(), "append_column" | "append_constraint")
            }
            _ => args.discarded && crate::path::core_name(callee).is_some_and(|name| name == "Index"),
        }
    }

    /// Looks at a call that was made: `table.append_column(...)`, `Base.metadata.tables[...]`, and `Index(...)` as a
    /// statement. True: it was one of these.
    pub fn observe(&mut self, callee: &Value, args: &Args, value: &Value) -> bool {
        if let Some(Symbol::Attribute { of, name, .. }) = callee.as_symbol()
            && matches!(name.as_str(), "append_column" | "append_constraint")
            && let Some(first) = args.positional().next()
        {
            self.additions.push((of.clone(), first.value.clone()));
            return true;
        }
        if crate::path::core_name(callee).is_some_and(|name| name == "Index") && args.discarded {
            self.indexes.push(value.clone());
            return true;
        }
        false
    }

    /// `of.attribute = value` was run for something from outside the project: a MetaData may get its convention so.
    pub fn assign(&mut self, of: &Value, attribute: Name, value: &Value) {
        if matches!(attribute.as_str(), "naming_convention" | "schema") {
            self.assigned.push((of.clone(), attribute, value.clone()));
        }
    }

    /// What a MetaData says after the assignments that were seen.
    pub fn metadata<H: Host>(&self, interp: &mut Interp<'_, H>, value: &Value) -> Option<Metadata> {
        let mut found = metadata(interp, value)?;
        self.change(interp, &mut found);
        Some(found)
    }

    fn change<H: Host>(&self, interp: &mut Interp<'_, H>, found: &mut Metadata) {
        for (of, attribute, value) in &self.assigned {
            if metadata(interp, of).is_none_or(|other| other.key != found.key) {
                continue;
            }
            let place = Place::whole_file(fact::FileId(0));
            match attribute.as_str() {
                "naming_convention" => found.convention = naming_convention(interp, value, place),
                _ => {
                    found.schema = match value {
                        Value::None => Fact::Known(None),
                        value => match plain_text(value) {
                            Some(text) => Fact::Known(Some(fact::name(&text))),
                            None => Fact::Unknown(interp.why_unknown(value, place)),
                        },
                    }
                }
            }
        }
    }

    /// Every table, in the order in which classes and tables were seen.
    pub fn tables<H: Host>(&self, interp: &mut Interp<'_, H>) -> Vec<MappedTable> {
        let mut scope = Scope::default();
        for class in &self.classes {
            name_columns(interp, class, &mut scope);
        }
        let mut built: Vec<(Builder, Vec<Value>, Option<Metadata>)> = Vec::new();
        for table in &self.tables {
            let metadata = metadata_of_table(interp, table);
            if let Some(Ok(mut read)) = table_of_call_in(interp, &scope, table) {
                if let Some((_, because)) =
                    self.doubtful.iter().find(|(of, _)| identity(of) == identity(table))
                {
                    read.open.get_or_insert_with(|| because.clone());
                }
                built.push((Builder::of(read), Vec::new(), metadata));
            }
        }
        for class in &self.classes {
            if !is_mapped(interp, class) {
                continue;
            }
            let name = table_name(interp, class);
            let metadata = metadata(interp, class);
            let key = metadata.as_ref().map(|found| found.key);
            let there = built.iter_mut().find(|(builder, _, found)| {
                Some(builder.table.name) == name && found.as_ref().map(|found| found.key) == key
            });
            match there {
                // `__table__ = some_table`
                Some((_, classes, _)) => classes.push(class.clone()),
                None => {
                    if let Some(builder) = mapped_table_in(interp, &scope, class, self.versions) {
                        built.push((builder, vec![class.clone()], metadata));
                    }
                }
            }
        }
        for class in &self.classes {
            self.share(interp, &scope, class, &mut built);
        }
        self.add(interp, &scope, &mut built);
        let mut tables: Vec<MappedTable> = built
            .into_iter()
            .map(|(builder, classes, metadata)| MappedTable { table: builder.finish(), classes, metadata })
            .collect();
        for mapped in &mut tables {
            if let Some(found) = &mut mapped.metadata {
                self.change(interp, found);
            }
        }
        refer(&mut tables);
        tables
    }

    /// The mapped classes whose table has a name that cannot be told, with the reason. No table stands for them.
    pub fn unnamed<H: Host>(&self, interp: &mut Interp<'_, H>) -> Vec<(Value, Unknown)> {
        let mut unnamed = Vec::new();
        for class in &self.classes {
            if is_mapped(interp, class)
                && table_name(interp, class).is_none()
                && let Some(because) = super::naming::why_unnamed(interp, class)
            {
                unnamed.push((class.clone(), because));
            }
        }
        unnamed
    }

    /// A mapped class without a table of its own puts its columns into that of its parent.
    fn share<H: Host>(
        &self,
        interp: &mut Interp<'_, H>,
        scope: &Scope,
        class: &Value,
        built: &mut [(Builder, Vec<Value>, Option<Metadata>)],
    ) {
        if !is_mapped(interp, class) || table_name(interp, class).is_some() {
            return;
        }
        let mut parent = mapped_parent(interp, class);
        while let Some(above) = parent {
            if let Some((builder, classes, _)) =
                built.iter_mut().find(|(_, classes, _)| classes.contains(&above))
            {
                add_shared(interp, scope, class, self.versions, builder);
                classes.push(class.clone());
                return;
            }
            parent = mapped_parent(interp, &above);
        }
    }

    fn add<H: Host>(
        &self,
        interp: &mut Interp<'_, H>,
        scope: &Scope,
        built: &mut [(Builder, Vec<Value>, Option<Metadata>)],
    ) {
        for (table, item) in &self.additions {
            let Some(name) = table_ref(interp, table) else { continue };
            if let Some((builder, ..)) = built.iter_mut().find(|(builder, ..)| builder.table.name == name) {
                let place = builder.table.place;
                builder.add(interp, scope, item, place);
            }
        }
        for index in &self.indexes {
            let tables = crate::dml::tables_in(interp, scope, index);
            let Some(name) = tables.first() else { continue };
            if let Some((builder, ..)) = built.iter_mut().find(|(builder, ..)| builder.table.name == *name) {
                let place = builder.table.place;
                builder.add(interp, scope, index, place);
            }
        }
    }
}

/// Gives columns without a type that of the column which their foreign key points at.
fn refer(tables: &mut [MappedTable]) {
    // A chain of references is as long as there are tables, at most.
    for _ in 0..tables.len() {
        let mut changes: Vec<(usize, Name, Fact<Type>)> = Vec::new();
        for (at, mapped) in tables.iter().enumerate() {
            for column in mapped.table.columns.iter().filter(|column| lacks_type(column)) {
                if let Some(ty) = referred(tables, mapped, column.name)
                    && ty != Fact::Known(Type::Null)
                {
                    changes.push((at, column.name, ty));
                }
            }
        }
        if changes.is_empty() {
            break;
        }
        for (at, name, ty) in changes {
            let Some(mapped) = tables.get_mut(at) else { continue };
            if let Some(column) = mapped.table.columns.iter_mut().find(|column| column.name == name) {
                Arc::make_mut(column).ty = ty;
            }
        }
    }
    for mapped in tables {
        for column in &mut mapped.table.columns {
            let refers = mapped.table.foreign_keys.iter().any(|key| key.columns.contains(&column.name));
            if refers && lacks_type(column) {
                let place: Place = column.place;
                let what = unreadable("the type of the column that it refers to", place);
                Arc::make_mut(column).ty = Fact::Unknown(what);
            }
        }
    }
}

fn referred(tables: &[MappedTable], from: &MappedTable, column: Name) -> Option<Fact<Type>> {
    let (table, referred): (TableName, Name) = from.table.foreign_keys.iter().find_map(|key| {
        let at = key.columns.iter().position(|name| *name == column)?;
        Some((key.ref_table, *key.ref_columns.get(at)?))
    })?;
    let key = from.metadata.as_ref().map(|found| found.key);
    let mut candidates = tables.iter().filter(|mapped| mapped.table.name == table);
    let same = candidates.clone().find(|mapped| mapped.metadata.as_ref().map(|found| found.key) == key);
    let target = same.or_else(|| candidates.next())?;
    target.table.column(&referred).map(|column| column.ty.clone())
}
