//! Programs inside SQL: PL/pgSQL in `DO $$ ... $$`, MySQL routine bodies, T-SQL's IF and BEGIN.
//!
//! Each statement in a program is read as any other. What runs under a test, in a loop or in an exception handler
//! becomes one of two courses, unless the test only asks whether the very object is there already.

use super::course::either;
use super::cursor::{Cursor, Read, Unreadable};
use super::dynamic::{Dynamic, evaluate};
use super::guard::{Guard, settle};
use super::split::first;
use super::variables::{assignment, forget, forget_assigned, join_variables};
use super::{DEEPEST, HOLE, Session};
use crate::Operation;

/// The operations of a whole program.
pub(super) fn program(cursor: &Cursor<'_>, session: &mut Session) -> Read<Vec<Operation>> {
    let mut cursor = *cursor;
    let mut operations = Vec::new();
    while !cursor.done() {
        let start = cursor.at;
        operations.extend(list(&mut cursor, session)?.operations);
        // A word that closes nothing: the text is no program.
        if !cursor.done() && cursor.at == start {
            return Err(Unreadable);
        }
    }
    Ok(operations)
}

/// What a list of statements does, and whether it may leave the program before its end.
#[derive(Debug, Default)]
struct Course {
    operations: Vec<Operation>,
    leaves: bool,
}

/// Words that end a list of statements and belong to what is around it.
const CLOSERS: [&str; 8] = ["END", "ELSE", "ELSIF", "ELSEIF", "ELIF", "EXCEPTION", "WHEN", "UNTIL"];

fn list<'a>(cursor: &mut Cursor<'a>, session: &mut Session) -> Read<Course> {
    let mut course = Course::default();
    // What follows a way out runs only if the program is still there.
    let mut perhaps = Vec::new();
    while !cursor.done() {
        if cursor.eat_symbol(";") || label(cursor) {
            continue;
        }
        if cursor.is_any(&CLOSERS) {
            break;
        }
        let one = statement(cursor, session)?;
        let to = if course.leaves { &mut perhaps } else { &mut course.operations };
        to.extend(one.operations);
        course.leaves |= one.leaves;
    }
    course.operations.extend(either(perhaps, Vec::new(), cursor.place()));
    Ok(course)
}

/// `<<name>>` or `name:`.
fn label(cursor: &mut Cursor<'_>) -> bool {
    if cursor.symbol(0) == "<" && cursor.symbol(1) == "<" {
        while !cursor.done() && cursor.symbol(0) != ">" {
            cursor.at += 1;
        }
        cursor.at = (cursor.at + 2).min(cursor.end);
        return true;
    }
    let named = !cursor.word(0).is_empty() && cursor.symbol(1) == ":";
    if named {
        cursor.at += 2;
    }
    named
}

fn statement<'a>(cursor: &mut Cursor<'a>, session: &mut Session) -> Read<Course> {
    if cursor.source.depth >= DEEPEST {
        return Err(Unreadable);
    }
    cursor.source.depth += 1;
    let course = statement_inside(cursor, session);
    cursor.source.depth -= 1;
    course
}

fn statement_inside<'a>(cursor: &mut Cursor<'a>, session: &mut Session) -> Read<Course> {
    let transact = session.batches;
    match cursor.word(0).to_ascii_uppercase().as_str() {
        "DECLARE" if !transact => declarations(cursor, session),
        "BEGIN" => block(cursor, session),
        "IF" if transact => transact_if(cursor, session),
        "WHILE" if transact => {
            forget_assigned(cursor, session);
            cursor.at += 1;
            skip_test(cursor);
            let body = transact_body(cursor, session)?;
            Ok(looped(body, cursor))
        }
        "IF" => conditional(cursor, session),
        "CASE" => case(cursor, session),
        "LOOP" | "FOR" | "FOREACH" | "WHILE" | "REPEAT" => repeated(cursor, session),
        "RETURN" | "LEAVE" => {
            let said = until_semicolon(cursor, transact);
            // `RETURN NEXT` and `RETURN QUERY` go on.
            let goes_on = said.is_at(1, "NEXT") || said.is_at(1, "QUERY");
            Ok(Course { operations: Vec::new(), leaves: !goes_on })
        }
        "EXECUTE" | "EXEC" => {
            let said = until_semicolon(cursor, transact);
            Ok(Course { operations: execute(&said, session)?, leaves: false })
        }
        "GET" | "FETCH" => {
            forget(&until_semicolon(cursor, transact), session);
            Ok(Course::default())
        }
        // In a program, INTO fills variables.
        "SELECT" if !transact => {
            forget(&until_semicolon(cursor, transact), session);
            Ok(Course::default())
        }
        "RAISE" | "PERFORM" | "NULL" | "OPEN" | "CLOSE" | "EXIT" | "CONTINUE" | "ITERATE" | "SIGNAL"
        | "RESIGNAL" | "ASSERT" | "MOVE" | "PRINT" | "RAISERROR" | "THROW" | "COMMIT" | "ROLLBACK" => {
            until_semicolon(cursor, transact);
            Ok(Course::default())
        }
        _ => {
            let said = until_semicolon(cursor, transact);
            if assignment(&said, session) {
                return Ok(Course::default());
            }
            if (0..said.end - said.at).any(|ahead| said.is_at(ahead, "RETURNING")) {
                forget(&said, session);
            }
            let read = session.statement(&said);
            let operations = read.into_iter().map(|found| found.operation).collect();
            Ok(Course { operations, leaves: false })
        }
    }
}

/// A statement of the program; `;` inside parentheses does not occur.
fn until_semicolon<'a>(cursor: &mut Cursor<'a>, transact: bool) -> Cursor<'a> {
    let start = cursor.at;
    let limit = if transact {
        let tokens = cursor.source.tokens.get(start..cursor.end).unwrap_or(&[]);
        start + first(cursor.source.text, tokens, true)
    } else {
        cursor.end
    };
    let mut cases = 0usize;
    while cursor.at < limit && cursor.symbol(0) != ";" {
        // Without semicolons, T-SQL's `END` and `ELSE` close a statement, too.
        if cursor.at > start && cases == 0 && cursor.is_any(&["END", "ELSE"]) {
            break;
        }
        if cursor.is("CASE") {
            cases += 1;
        } else if cursor.is("END") {
            cases = cases.saturating_sub(1);
        }
        cursor.skip();
    }
    Cursor { at: start, end: cursor.at, ..*cursor }
}

/// The variables of PL/pgSQL before its BEGIN, or one of MySQL after it.
fn declarations<'a>(cursor: &mut Cursor<'a>, session: &mut Session) -> Read<Course> {
    cursor.at += 1;
    while !cursor.done() && !cursor.is("BEGIN") {
        if cursor.is_any(&["CONTINUE", "EXIT", "UNDO"]) && cursor.is_at(1, "HANDLER") {
            return handler(cursor, session);
        }
        let one = until_semicolon_or_begin(cursor);
        let mut value = one;
        let name = value.word(0).to_ascii_lowercase();
        value.until(|c| matches!(c.symbol(0), ":=" | "=") || c.is("DEFAULT"));
        if value.eat_symbol(":=") || value.eat_symbol("=") || value.eat("DEFAULT") {
            let known = evaluate(&value, &session.variables);
            session.variables.insert(name, known);
        }
        if !cursor.eat_symbol(";") {
            break;
        }
        if !cursor.eat("DECLARE") && cursor.is_mysql() {
            break;
        }
    }
    Ok(Course::default())
}

fn until_semicolon_or_begin<'a>(cursor: &mut Cursor<'a>) -> Cursor<'a> {
    let start = cursor.at;
    while !cursor.done() && cursor.symbol(0) != ";" && !cursor.is("BEGIN") {
        cursor.skip();
    }
    Cursor { at: start, end: cursor.at, ..*cursor }
}

/// MySQL: `DECLARE EXIT HANDLER FOR SQLEXCEPTION statement`.
fn handler<'a>(cursor: &mut Cursor<'a>, session: &mut Session) -> Read<Course> {
    while !cursor.done() && cursor.symbol(0) != ";" && !cursor.is("BEGIN") {
        cursor.skip();
    }
    if cursor.is("BEGIN") {
        let handled = statement(cursor, session)?;
        return Ok(Course {
            operations: either(handled.operations, Vec::new(), cursor.place()),
            leaves: false,
        });
    }
    Ok(Course::default())
}

fn block<'a>(cursor: &mut Cursor<'a>, session: &mut Session) -> Read<Course> {
    let place = cursor.place();
    cursor.at += 1;
    cursor.eat_any(&["ATOMIC", "TRY", "CATCH"]);
    let before = session.variables.clone();
    let mut course = list(cursor, session)?;
    if cursor.eat("EXCEPTION") {
        let mut handled = Vec::new();
        let mut conditions = Vec::new();
        while cursor.eat("WHEN") {
            let start = *cursor;
            while !cursor.done() && !cursor.is("THEN") {
                cursor.at += 1;
            }
            conditions.push(Cursor { end: cursor.at, ..start }.source_text().to_ascii_lowercase());
            cursor.expect("THEN")?;
            handled.extend(list(cursor, session)?.operations);
        }
        let guard = Guard::of_handlers(&conditions);
        let body = std::mem::take(&mut course.operations);
        course.operations = settle(guard, body, handled, place);
        join_variables(session, &before);
    }
    close(cursor, &[])?;
    cursor.eat_any(&["TRY", "CATCH"]);
    Ok(course)
}

/// `END`, what it repeats of the opening, and a label.
fn close(cursor: &mut Cursor<'_>, words: &[&str]) -> Read<()> {
    cursor.expect("END")?;
    if !words.is_empty() && !cursor.eat_any(words) {
        return Err(Unreadable);
    }
    let labelled = matches!(cursor.symbol(1), ";") || (cursor.peek(0).is_some() && cursor.peek(1).is_none());
    if labelled && !cursor.word(0).is_empty() && !cursor.is_any(&CLOSERS) {
        cursor.at += 1;
    }
    Ok(())
}

/// `IF test THEN ... [ELSIF test THEN ...] [ELSE ...] END IF`.
fn conditional<'a>(cursor: &mut Cursor<'a>, session: &mut Session) -> Read<Course> {
    let place = cursor.place();
    cursor.at += 1;
    let start = *cursor;
    while !cursor.done() && !cursor.is("THEN") {
        cursor.skip();
    }
    let guard = Guard::of_test(&Cursor { end: cursor.at, ..start });
    cursor.expect("THEN")?;
    let before = session.variables.clone();
    let yes = list(cursor, session)?;
    let after_yes = std::mem::replace(&mut session.variables, before);
    let mut leaves = yes.leaves;
    let no = if cursor.is_any(&["ELSIF", "ELSEIF", "ELIF"]) {
        // Reads the rest as a conditional of its own, which takes the END IF, too.
        cursor.source.depth += 1;
        let rest = if cursor.source.depth > DEEPEST { Err(Unreadable) } else { conditional(cursor, session) };
        cursor.source.depth -= 1;
        let rest = rest?;
        leaves |= rest.leaves;
        rest.operations
    } else {
        let no = if cursor.eat("ELSE") { list(cursor, session)? } else { Course::default() };
        leaves |= no.leaves;
        close(cursor, &["IF"])?;
        no.operations
    };
    join_variables(session, &after_yes);
    Ok(Course { operations: settle(guard, yes.operations, no, place), leaves })
}

/// `CASE ... WHEN ... THEN statements ... END CASE`: any one branch, or none.
fn case<'a>(cursor: &mut Cursor<'a>, session: &mut Session) -> Read<Course> {
    let place = cursor.place();
    let mut course = Course::default();
    while !cursor.done() && !cursor.is_any(&["END"]) {
        while !cursor.done() && !cursor.is_any(&["THEN", "ELSE", "END"]) {
            cursor.skip();
        }
        if !cursor.eat_any(&["THEN", "ELSE"]) {
            break;
        }
        let before = session.variables.clone();
        let branch = list(cursor, session)?;
        join_variables(session, &before);
        course.leaves |= branch.leaves;
        course.operations.extend(either(branch.operations, Vec::new(), place));
    }
    close(cursor, &["CASE"])?;
    Ok(course)
}

/// Loops run any number of times, none among them.
fn repeated<'a>(cursor: &mut Cursor<'a>, session: &mut Session) -> Read<Course> {
    let head = cursor.word(0).to_ascii_uppercase();
    forget_assigned(cursor, session);
    cursor.at += 1;
    if matches!(head.as_str(), "FOR" | "FOREACH" | "WHILE") {
        let variable = Cursor { end: (cursor.at + 1).min(cursor.end), ..*cursor };
        forget(&variable, session);
        while !cursor.done() && !cursor.is_any(&["LOOP", "DO"]) {
            cursor.skip();
        }
        cursor.at = (cursor.at + 1).min(cursor.end);
    }
    let body = list(cursor, session)?;
    if cursor.eat("UNTIL") {
        while !cursor.done() && !cursor.is("END") {
            cursor.skip();
        }
    }
    close(cursor, &["LOOP", "WHILE", "REPEAT", "FOR"])?;
    Ok(looped(body, cursor))
}

fn looped(body: Course, cursor: &Cursor<'_>) -> Course {
    Course { operations: either(body.operations, Vec::new(), cursor.place()), leaves: body.leaves }
}

/// T-SQL's `IF test statement [ELSE statement]`.
fn transact_if<'a>(cursor: &mut Cursor<'a>, session: &mut Session) -> Read<Course> {
    let place = cursor.place();
    cursor.at += 1;
    let test = skip_test(cursor);
    let guard = Guard::of_test(&test);
    let before = session.variables.clone();
    let yes = transact_body(cursor, session)?;
    let after_yes = std::mem::replace(&mut session.variables, before);
    let before_else = *cursor;
    cursor.eat_symbol(";");
    let no = if cursor.eat("ELSE") {
        transact_body(cursor, session)?
    } else {
        *cursor = before_else;
        Course::default()
    };
    join_variables(session, &after_yes);
    let leaves = yes.leaves || no.leaves;
    Ok(Course { operations: settle(guard, yes.operations, no.operations, place), leaves })
}

/// A test ends where a statement starts.
fn skip_test<'a>(cursor: &mut Cursor<'a>) -> Cursor<'a> {
    const STATEMENTS: [&str; 20] = [
        "ALTER",
        "BEGIN",
        "CREATE",
        "DECLARE",
        "DELETE",
        "DROP",
        "EXEC",
        "EXECUTE",
        "IF",
        "INSERT",
        "MERGE",
        "PRINT",
        "RAISERROR",
        "RETURN",
        "SELECT",
        "SET",
        "THROW",
        "TRUNCATE",
        "UPDATE",
        "WHILE",
    ];
    let start = *cursor;
    while !cursor.done() && !cursor.is_any(&STATEMENTS) {
        cursor.skip();
    }
    Cursor { end: cursor.at, ..start }
}

/// One statement, or `BEGIN ... END` around several.
fn transact_body<'a>(cursor: &mut Cursor<'a>, session: &mut Session) -> Read<Course> {
    statement(cursor, session)
}

/// What `EXECUTE` runs.
pub(super) fn execute(said: &Cursor<'_>, session: &mut Session) -> Read<Vec<Operation>> {
    let mut said = *said;
    said.at += 1;
    said.eat("IMMEDIATE");
    let start = said;
    while !said.done() && !said.is_any(&["INTO", "USING"]) {
        said.skip();
    }
    let made = evaluate(&Cursor { end: said.at, ..start }, &session.variables);
    Ok(run(&made, &start, session))
}

/// The operations of SQL text that was put together.
pub(super) fn run(made: &Dynamic, at: &Cursor<'_>, session: &mut Session) -> Vec<Operation> {
    match made {
        Dynamic::Text(text) if text.trim().chars().all(|c| c == HOLE) => {
            vec![super::statement::opaque_anything(at, "SQL that is put together when it runs")]
        }
        Dynamic::Text(text) => session.nested(text, at),
        Dynamic::Either(yes, no) => {
            let (yes, no) = (run(yes, at, session), run(no, at, session));
            either(yes, no, at.place())
        }
    }
}
