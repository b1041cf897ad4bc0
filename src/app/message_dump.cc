// Message after message into the form that was asked for.

#include "app/message_dump.h"

#include <utility>

#include "app/parse_json.h"
#include "app/parse_text.h"
#include "app/terminal_sink.h"
#include "mailtool/base/printable.h"
#include "mailtool/mime/defect.h"

namespace mailtool::app {
namespace {

// Text of a message may act on a terminal; for a file or pipe it is data.
template <class Write>
Result<void> shown(const DumpOptions& options, Sink& out, Write write_to) {
  if (!options.to_terminal) return write_to(out);
  TerminalSink terminal(out);
  if (auto done = write_to(terminal); !done) return done;
  return terminal.finish();
}

// What stands encoded within parts is found by decoding them.
bool decodes(const DumpOptions& options) {
  return !options.needs_header_alone();
}

bool wants_digests(const DumpOptions& options) {
  return options.form == DumpForm::json || options.views ||
         (options.form == DumpForm::extract && options.json_files);
}

mime::ParserEvents* listener(const DumpOptions& options, PartWalk& walk,
                             ReportWalk& reports) {
  if (options.form == DumpForm::json) return &reports;
  if (decodes(options)) return &walk;
  return nullptr;
}

void add_counts(const mime::Structure& structure, DefectsSeen& seen) {
  if (structure.defects.empty()) return;
  for (const auto& defect : structure.defects) {
    if (seen.first) break;
    if (mime::info(defect.rule).severity > mime::Severity::remark) {
      seen.first = defect.rule;
    }
  }
  for (std::size_t i = 0; i < mime::kDefectRules; ++i) {
    const auto rule = static_cast<mime::DefectRule>(i);
    if (mime::info(rule).severity == mime::Severity::remark) continue;
    seen.count += structure.defect_counts[i];
  }
}

mime::ParserLimits limits_of(const DumpOptions& options) {
  auto limits = options.limits;
  limits.header_only = options.needs_header_alone();
  return limits;
}

}  // namespace

bool DumpOptions::needs_body() const {
  return form == DumpForm::text || form == DumpForm::html ||
         form == DumpForm::part || form == DumpForm::extract || verify;
}

bool DumpOptions::needs_header_alone() const {
  if (strict) return false;
  return form == DumpForm::headers || form == DumpForm::header ||
         form == DumpForm::count;
}

bool DumpOptions::separates_messages() const {
  return form == DumpForm::tree || form == DumpForm::headers ||
         form == DumpForm::header;
}

MessageDump::MessageDump(const DumpOptions& options, ExtractFolder* folder,
                         Sink& out)
    : options_(options),
      folder_(folder),
      out_(out),
      json_(out),
      header_lines_(options.headers, out),
      walk_({.digests = wants_digests(options),
             .limits = options.limits,
             .policy = {},
             .parser = {}}),
      reports_(walk_),
      parser_(limits_of(options), listener(options, walk_, reports_)) {}

void MessageDump::begin_message(const MessagePlace& place) {
  place_ = place;
  walk_.begin_message(place.quoted_from);
  reports_.begin_message();
  parser_.begin();
  begin_checks(place);
}

bool MessageDump::octets(std::string_view part) {
  parser_.feed(part);
  if (views_) views_->feed(part);
  return !(options_.needs_header_alone() && parser_.header_complete());
}

Result<void> MessageDump::end_message(const RandomAccess* input) {
  auto& structure = parser_.finish();
  if (decodes(options_)) {
    walk_.end_message(structure);
    header_check_.check(structure);
    for (auto& level : walk_.levels()) header_check_.check(level.structure);
  }
  ++count_;
  if (views_) views_->finish();
  if (verifier_) {
    if (auto done = verify(structure, input); !done) return done;
  }
  const ParsedMessage message{place_, structure, walk_.levels(), input};
  defects_.add(message);
  return write(message);
}

Result<void> MessageDump::write(const ParsedMessage& message) {
  using enum DumpForm;
  const auto form = options_.form;
  if (form == count) return {};
  if (form == headers || form == header) return write_header_lines(message);
  const auto rows = rows_of(message);
  if (form == tree) return write_tree_form(message, rows);
  if (form == json) return write_json_line(message, rows);
  if (form == part) return write_part(message, rows);
  if (form == extract) return write_files(message, rows);
  return shown(options_, out_, [&](Sink& to) {
    return form == text ? write_text(message, rows, to)
                        : write_html(message, rows, to);
  });
}

Result<void> MessageDump::write_header_lines(const ParsedMessage& message) {
  return header_lines_.write(message.structure, place_.count > 0 ? "\n" : "",
                             options_.to_terminal);
}

Result<void> MessageDump::write_json_line(const ParsedMessage& message,
                                          const std::vector<PartRow>& rows) {
  json_.begin_object();
  write_json(message, rows, reports_, json_);
  if (verification_) {
    app::write_json(*verification_, json_.key("verification"));
  }
  if (views_) write_views_json(views_->differing(rows), json_);
  json_.end_object();
  return json_.end_line();
}

Result<void> MessageDump::write_part(const ParsedMessage& message,
                                     const std::vector<PartRow>& rows) {
  const auto& id = options_.part;
  const auto* const row = find_row(rows, id);
  if (row == nullptr) {
    return Error{ErrorKind::no_input, "there is no part " + printable(id, 50),
                 printable(place_.source), "",
                 "mailtool parse --tree lists the parts"};
  }
  return shown(options_, out_, [&](Sink& to) {
    return options_.raw ? copy_raw(message, *row, to)
                        : copy_decoded(message, *row, to);
  });
}

Result<void> MessageDump::write_files(const ParsedMessage& message,
                                      const std::vector<PartRow>& rows) {
  ExtractReport report(out_, options_.json_files ? &json_ : nullptr);
  const auto which = attachment_rows(rows);
  auto done = extract_rows(message, rows, which, *folder_, report);
  if (!done || !views_) return done;
  KnownContent known;
  for (const auto index : which) known.add(rows[index]);
  return write_views_files(views_->differing(rows), rows, known, message.input,
                           report);
}

void DefectsSeen::add(const ParsedMessage& message) {
  const bool had = first.has_value();
  add_counts(message.structure, *this);
  for (std::uint32_t level = 1; level < message.levels.size(); ++level) {
    add_counts(message.structure_of(level), *this);
  }
  if (first && !had) source = message.place.source;
}

void DefectsSeen::add(const DefectsSeen& later) {
  count += later.count;
  if (first || !later.first) return;
  first = later.first;
  source = later.source;
}

Error DefectsSeen::to_error() const {
  std::string what = "defects were found";
  if (first) what += ": " + std::string(mime::info(*first).name);
  if (count > 1) what += " and " + std::to_string(count - 1) + " more";
  return Error{ErrorKind::bad_input, what, printable(source)};
}

}  // namespace mailtool::app
