//! `batch_alter_table` blocks: directives are queued and run when the block ends.

use super::directive::{Bound, SIGNATURES};
use super::handle::{Kind, batch_handle, handle};
use super::log::Log;
use super::{Cx, HostState, operations};
use fact::{Name, Place, Reason, Unknown};
use python::host::Eval;
use python::value::{Args, Value};
use schema::operation::{BatchOptions, Recreate};
use schema::{Operation, Step, TableName, Touched, Written};
use sqlalchemy::Scope;
use std::sync::Arc;

/// An open block.
#[derive(Clone)]
pub(super) struct Block {
    pub id: u32,
    /// Why the table is not known, when it is not.
    pub table: Result<TableName, Unknown>,
    pub options: BatchOptions,
    pub log: Log,
    pub place: Place,
    pub call_site: Option<Place>,
}

impl Block {
    /// The step that runs what was queued; `None`: nothing was.
    pub fn step(self, autocommit: bool) -> Option<Step> {
        let steps = self.log.into_steps();
        let operation = match self.table {
            _ if steps.is_empty() && self.options.recreate != Recreate::Always => return None,
            Ok(table) => Operation::Batch { table, options: self.options, steps },
            Err(because) => Operation::Opaque { touches: Touched::Anything, because },
        };
        let (place, call_site) = (self.place, self.call_site);
        Some(Step { operation, place, call_site, written: Written::Op, autocommit })
    }

    /// Runs what was queued.
    pub fn close(self, state: &mut HostState) {
        if let Some(step) = self.step(state.autocommit > 0) {
            state.log.push(step);
        }
    }
}

/// `op.batch_alter_table(...)`: the block opens at once, since nothing happens between the call and the `with`.
pub(super) fn open(cx: &mut Cx<'_, '_>, args: &Args, place: Place) -> Eval {
    let Some(signature) = SIGNATURES.iter().find(|s| s.name == "batch_alter_table") else {
        return Ok(Value::None);
    };
    let bound = Bound::new(signature, false, args, place);
    let table = bound.table("table_name", "schema");
    let recreate = match bound.get("recreate").and_then(|arg| arg.value.as_str()) {
        Some("always") => Recreate::Always,
        Some("never") => Recreate::Never,
        _ => Recreate::Auto,
    };
    let naming_convention = bound.given("naming_convention").and_then(|arg| {
        sqlalchemy::metadata::naming_convention(cx, &arg.value, arg.place).known().cloned().map(Arc::new)
    });
    let copy_from = bound
        .given("copy_from")
        .and_then(|arg| sqlalchemy::table_of_call(cx, &arg.value)?.ok())
        .map(Arc::new);
    let table_args = match bound.given("table_args").and_then(|arg| arg.value.as_items()) {
        Some(items) => items
            .iter()
            .filter_map(|item| sqlalchemy::constraint::constraint(cx, &Scope::default(), item)?.ok())
            .collect(),
        None => Vec::new(),
    };
    let id = cx.host.handles.next_block;
    cx.host.handles.next_block += 1;
    cx.host.state.blocks.push(Block {
        id,
        table,
        options: BatchOptions { recreate, copy_from, naming_convention, table_args },
        log: Log::default(),
        place,
        call_site: cx.call_sites().get(1).copied(),
    });
    Ok(batch_handle(id))
}

/// The end of the `with` block.
pub(super) fn exit(cx: &mut Cx<'_, '_>, id: u32, _: Place) -> Eval<()> {
    if let Some(at) = cx.host.state.blocks.iter().position(|block| block.id == id) {
        let block = cx.host.state.blocks.remove(at);
        if let Err(because) = &block.table {
            cx.host.unknowns.push(because.clone());
        }
        if let Some(step) = block.step(cx.host.state.autocommit > 0) {
            super::watch(cx, &step)?;
            cx.host.push(step);
        }
    }
    Ok(())
}

/// `batch_op.name(...)`
pub(super) fn method(cx: &mut Cx<'_, '_>, id: u32, name: Name, args: &Args, place: Place) -> Eval {
    match name.as_str() {
        "f" => {
            let call = python::value::Call { callee: Value::path("alembic.op.f"), args: args.clone(), place };
            return Ok(Value::Symbol(Arc::new(python::value::Symbol::Call(call))));
        }
        "get_bind" => return Ok(handle(cx, Kind::Bind)),
        "get_context" => return Ok(handle(cx, Kind::Context)),
        _ => {}
    }
    let Some(block) = cx.host.state.blocks.iter().find(|block| block.id == id) else {
        // Used after its `with` block: Alembic queues it and never runs it.
        return Ok(Value::None);
    };
    let table = block.table.clone();
    match SIGNATURES.iter().find(|signature| name == signature.name && signature.batch.is_some()) {
        Some(signature) => {
            let bound = Bound::new(signature, true, args, place);
            operations::run(cx, signature.name, &bound, Some(Target { id, table }))
        }
        None => {
            let because = Unknown::new(Reason::UnknownDirective(format!("batch_op.{name}").into()), place);
            let touches = table.map_or(Touched::Anything, |table| Touched::Tables(vec![table]));
            let site = cx.call_sites().get(1).copied();
            cx.host.opaque(touches, because.clone(), place, site);
            Ok(Value::unknown(because))
        }
    }
}

/// The block that a directive is queued in.
pub(super) struct Target {
    pub id: u32,
    pub table: Result<TableName, Unknown>,
}

/// Queues a step.
pub(super) fn queue(cx: &mut Cx<'_, '_>, id: u32, operation: Operation, place: Place) {
    let step = Step {
        operation,
        place,
        call_site: cx.call_sites().get(1).copied(),
        written: Written::Batch,
        autocommit: cx.host.state.autocommit > 0,
    };
    if let Some(block) = cx.host.state.blocks.iter_mut().find(|block| block.id == id) {
        block.log.push(step);
    }
}
