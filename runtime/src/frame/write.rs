//! Constants as the wire would carry them: for what reads a default a second time.

use agentpass_ir::{Form, MoneyForm, Program, TimeForm, Value};
use agentpass_values::Decimal;

use crate::json;

/// The JSON by which a form would have read the value.
pub(super) fn value(program: &Program, form: &Form, of: &Value) -> String {
    let mut out = String::new();
    write(program, form, of, &mut out);
    out
}

fn write(program: &Program, form: &Form, of: &Value, out: &mut String) {
    match (form, of) {
        (_, Value::Null | Value::Unknown) => out.push_str("null"),
        (Form::OrNull(inner), of) => write(program, inner, of, out),
        (_, Value::Json(text)) => out.push_str(text),
        (Form::IntText, Value::Int(_)) => json::text(out, &crate::eval::text(of)),
        (_, Value::Bool(_) | Value::Int(_)) => out.push_str(&crate::eval::text(of)),
        (Form::DecimalText, Value::Decimal(value)) => json::text(out, &value.to_string()),
        (_, Value::Decimal(value)) => out.push_str(&value.to_string()),
        (Form::Money(_, MoneyForm::Cents), Value::Money(money)) => {
            let minor = money.to_minor().unwrap_or_default();
            out.push_str(&minor.to_string());
        }
        (Form::Money(_, form), Value::Money(money)) => {
            // A nano-unit is a billionth, a unit of a decimal a billionth of that.
            let units = money.nano.checked_mul(1_000_000_000).unwrap_or_default();
            let text = Decimal::from_units(units).to_string();
            if *form == MoneyForm::Text { json::text(out, &text) } else { out.push_str(&text) }
        }
        (Form::Duration(form), Value::Duration(value)) => time(*form, value.nanos(), of, out),
        (Form::Timestamp(form), Value::Timestamp(value)) => time(*form, value.nanos(), of, out),
        (Form::List { of: form, .. }, Value::List(all)) => {
            json::list(out, all, |out, element| write(program, form, element, out));
        }
        (Form::Record(id), Value::Record(fields)) => {
            let declared = program.records.get(id.index()).map_or(&[][..], |record| &record.fields);
            let given: Vec<_> =
                declared.iter().zip(fields).filter_map(|(f, v)| Some((f, v.as_ref()?))).collect();
            out.push('{');
            for (at, (field, value)) in given.into_iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                json::text(out, &field.wire);
                out.push(':');
                write(program, &field.form, value, out);
            }
            out.push('}');
        }
        (_, of) => json::text(out, &crate::eval::text(of)),
    }
}

fn time(form: TimeForm, nanos: i64, of: &Value, out: &mut String) {
    let unit = match form {
        TimeForm::Text => return json::text(out, &crate::eval::text(of)),
        TimeForm::Seconds => 1_000_000_000,
        TimeForm::Millis => 1_000_000_000_000,
    };
    out.push_str(&Decimal::from_units(i128::from(nanos) * unit).to_string());
}
