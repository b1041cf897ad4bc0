// Message after message into the form that was asked for.

#include "app/message_dump.h"

#include <utility>

#include "app/parse_json.h"
#include "app/parse_text.h"
#include "app/parse_tree.h"
#include "app/terminal_sink.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"
#include "mailtool/mime/header.h"

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

bool decodes(const DumpOptions& options) {
  return options.strict || options.form == DumpForm::json ||
         options.form == DumpForm::tree || options.form == DumpForm::part ||
         options.form == DumpForm::extract;
}

mime::ParserLimits limits_of(const DumpOptions& options) {
  auto limits = options.limits;
  limits.header_only = options.needs_header_alone();
  return limits;
}

}  // namespace

bool DumpOptions::needs_body() const {
  return form == DumpForm::text || form == DumpForm::html ||
         form == DumpForm::part || form == DumpForm::extract;
}

bool DumpOptions::needs_header_alone() const {
  if (strict) return false;
  return form == DumpForm::headers || form == DumpForm::header ||
         form == DumpForm::count;
}

MessageDump::MessageDump(const DumpOptions& options, ExtractFolder* folder,
                         Sink& out)
    : options_(options),
      folder_(folder),
      out_(out),
      json_(out),
      walk_({.digests = options.form == DumpForm::json,
             .limits = options.limits,
             .policy = {}}),
      parser_(limits_of(options), decodes(options) ? &walk_ : nullptr) {}

void MessageDump::begin_message(const MessagePlace& place) {
  place_ = place;
  walk_.begin_message(place.quoted_from);
  parser_.begin();
}

bool MessageDump::octets(std::string_view part) {
  parser_.feed(part);
  return !(options_.needs_header_alone() && parser_.header_complete());
}

Result<void> MessageDump::end_message(const RandomAccess* input) {
  auto& structure = parser_.finish();
  if (decodes(options_)) {
    walk_.end_message(structure);
    header_check_.check(structure);
    for (auto& level : walk_.levels()) {
      header_check_.check(level.structure);
      defective_ = defective_ || level.structure.defective();
    }
  }
  defective_ = defective_ || structure.defective();
  ++count_;
  return write({place_, structure, walk_.levels(), input});
}

Result<void> MessageDump::write(const ParsedMessage& message) {
  const bool parted = options_.form == DumpForm::tree ||
                      options_.form == DumpForm::headers ||
                      options_.form == DumpForm::header;
  if (parted && place_.count > 0) {
    if (auto line = out_.write("\n"); !line) return line;
  }
  switch (options_.form) {
    case DumpForm::tree: return write_tree(message, options_.ascii, out_);
    case DumpForm::json: return write_json(message, json_);
    case DumpForm::headers:
    case DumpForm::header: return write_headers(message);
    case DumpForm::text:
      return shown(options_, out_,
                   [&](Sink& to) { return write_text(message, to); });
    case DumpForm::html:
      return shown(options_, out_,
                   [&](Sink& to) { return write_html(message, to); });
    case DumpForm::part: return write_part(message);
    case DumpForm::extract:
      if (folder_ != nullptr) return folder_->extract(message, out_);
      return write_extract_plan(message, options_.folder, out_);
    case DumpForm::count: return {};
  }
  return {};
}

Result<void> MessageDump::write_headers(const ParsedMessage& message) {
  const auto& structure = message.structure;
  const auto& top = structure.parts[0];
    for (std::size_t i = 0; i < top.field_count; ++i) {
    const auto& field = structure.fields[top.first_field + i];
    const auto name = structure.name(field);
    bool chosen = options_.headers.empty();
    for (const auto& wanted : options_.headers) {
      chosen = chosen || iequals(wanted, name);
    }
    if (!chosen) continue;
    const auto value = mime::decode_value(structure.value(field));
    auto line = printable(name, name.size()) + ": " +
                printable(value, value.size()) + "\n";
    if (auto written = out_.write(line); !written) return written;
  }
  return {};
}

Result<void> MessageDump::write_part(const ParsedMessage& message) {
  const auto& id = options_.part;
  const auto* part = message.structure.find_part(id);
  if (part == nullptr) {
    return Error{ErrorKind::no_input,
                 "there is no part " + printable(id, 50), place_.source, "",
                 "mailtool parse --tree lists the parts"};
  }
  return shown(options_, out_, [&](Sink& to) {
    if (options_.raw) {
      return message.input->copy(place_.offset + part->body.offset,
                                 part->body.length, to);
    }
    return copy_decoded(message, *part, to);
  });
}

}  // namespace mailtool::app
