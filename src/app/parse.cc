// mailtool parse: what messages are made of.

#include <optional>
#include <utility>

#include "app/commands.h"
#include "app/json.h"
#include "app/parse_extract.h"
#include "app/parse_input.h"
#include "app/parse_json.h"
#include "app/parse_text.h"
#include "app/parse_tree.h"
#include "app/parsed_message.h"
#include "app/quantity.h"
#include "app/terminal_sink.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/printable.h"
#include "mailtool/mime/header.h"
#include "mailtool/mime/parser.h"

namespace mailtool::app {
namespace {

enum class Form : std::uint8_t {
  tree, json, headers, header, text, html, part, extract, count
};

Form form_of(const Invocation& invocation) {
  constexpr std::pair<const char*, Form> kForms[] = {
      {"headers", Form::headers}, {"header", Form::header},
      {"text", Form::text},       {"html", Form::html},
      {"part", Form::part},       {"extract", Form::extract},
      {"count", Form::count},     {"json", Form::json}};
  for (const auto& [name, form] : kForms) {
    if (invocation.options.has(name)) return form;
  }
  return Form::tree;
}

bool needs_body(Form form) {
  return form == Form::text || form == Form::html || form == Form::part ||
         form == Form::extract;
}

Result<mime::ParserLimits> limits_of(const OptionValues& options) {
  mime::ParserLimits limits;
  if (const auto text = options.get("max-depth")) {
    limits.depth = static_cast<std::uint32_t>(
        parse_number(*text, 100'000).value_or(limits.depth));
  }
  if (const auto text = options.get("max-parts")) {
    limits.parts = static_cast<std::uint32_t>(
        parse_number(*text, 10'000'000).value_or(limits.parts));
  }
  if (const auto text = options.get("max-header")) {
    const auto size = parse_size(*text);
    if (!size) return size.error();
    limits.header_octets = *size;
  }
  return limits;
}

/// Counts and digests the bodies of leaves while the parser runs.
class Digests : public mime::ParserEvents {
 public:
  void begin_part(const mime::Structure& so_far, std::uint32_t part) override {
    bodies_.resize(so_far.parts.size());
    encoding_ = so_far.parts[part].transfer_encoding;
    decoder_.reset();
  }

  void body(std::uint32_t, std::string_view octets) override {
    if (!decoder_) decoder_ = mime::make_decoder(encoding_, sink_);
    (void)decoder_->write(octets);
  }

  void end_part(const mime::Structure& so_far, std::uint32_t part) override {
    bodies_.resize(so_far.parts.size());
    if (!so_far.parts[part].is_leaf()) return;
    if (decoder_) (void)decoder_->finish();
    DecodedBody done;
    done.malformed = decoder_ && decoder_->defective();
    done.octets = std::exchange(sink_.octets, 0);
    done.sha256 = hex(std::exchange(sink_.digest, {}).finish());
    bodies_[part] = std::move(done);
    decoder_.reset();
  }

  std::vector<std::optional<DecodedBody>> take() {
    return std::exchange(bodies_, {});
  }

 private:
  struct DigestSink : Sink {
    Result<void> write(std::string_view part) override {
      octets += part.size();
      digest.update(part);
      return {};
    }
    std::uint64_t octets = 0;
    Sha256 digest;
  };

  DigestSink sink_;
  mime::TransferEncoding encoding_ = mime::TransferEncoding::identity;
  std::unique_ptr<mime::Decoder> decoder_;
  std::vector<std::optional<DecodedBody>> bodies_;
};

class Dump : public MessageConsumer {
 public:
  Dump(const Invocation& invocation, mime::ParserLimits limits, Output& out)
      : invocation_(invocation),
        form_(form_of(invocation)),
        limits_(limits),
        out_(out),
        json_(out) {}

  Result<void> prepare() {
    if (form_ != Form::extract || invocation_.dry_run()) return {};
    auto folder = ExtractFolder::open(*invocation_.options.get("extract"));
    if (!folder) return std::move(folder).error();
    folder_.emplace(std::move(*folder));
    return {};
  }

  Result<void> read(const std::string& path) {
    source_ = input_name(path);
    index_ = 0;
    return read_messages(path, needs_body(form_), *this);
  }

  void begin_message(std::uint64_t offset) override {
    offset_ = offset;
    const bool decode = form_ == Form::json || invocation_.options.has("strict");
    parser_.emplace(limits_, decode ? &digests_ : nullptr);
  }

  void octets(std::string_view part) override { parser_->feed(part); }

  Result<void> end_message(const RandomAccess* input) override {
    ParsedMessage message;
    message.source = source_;
    message.index = index_++;
    message.offset = offset_;
    message.structure = std::move(parser_->finish());
    message.bodies = digests_.take();
    message.bodies.resize(message.structure.parts.size());
    message.input = input;
    for (std::uint32_t i = 0; i < message.bodies.size(); ++i) {
      if (message.bodies[i] && message.bodies[i]->malformed) {
        message.structure.add_defect(mime::DefectRule::malformed_encoding, i,
                                     message.structure.parts[i].body);
      }
    }
    defective_ = defective_ || !message.structure.defects.empty();
    auto written = write(message);
    ++count_;
    return written;
  }

  Result<void> finish() {
    if (form_ != Form::count) return {};
    return out_.write(std::to_string(count_) + "\n");
  }

  [[nodiscard]] bool defective() const { return defective_; }

 private:
  Result<void> write(const ParsedMessage& message) {
    switch (form_) {
      case Form::tree:
        if (auto parted = part_messages(); !parted) return parted;
        return write_tree(message, false, out_);
      case Form::json: return write_json(message, json_);
      case Form::headers:
      case Form::header:
        if (auto parted = part_messages(); !parted) return parted;
        return write_headers(message);
      case Form::text: return shown([&](Sink& to) { return write_text(message, to); });
      case Form::html: return shown([&](Sink& to) { return write_html(message, to); });
      case Form::part: return write_part(message);
      case Form::extract:
        if (folder_) return folder_->extract(message, out_);
        return write_extract_plan(message, *invocation_.options.get("extract"),
                                  out_);
      case Form::count: return {};
    }
    return {};
  }

  Result<void> part_messages() {
    return count_ > 0 ? out_.write("\n") : Result<void>{};
  }

  // Text of a message may act on a terminal; for a file or pipe it is data.
  template <class Write>
  Result<void> shown(Write write_to) {
    if (!invocation_.stdout_is_terminal) return write_to(out_);
    TerminalSink terminal(out_);
    if (auto done = write_to(terminal); !done) return done;
    return terminal.finish();
  }

  Result<void> write_headers(const ParsedMessage& message) {
    const auto& structure = message.structure;
    const auto& top = structure.parts[0];
    const auto wanted = invocation_.options.all("header");
    for (std::size_t i = 0; i < top.field_count; ++i) {
      const auto& field = structure.fields[top.first_field + i];
      const auto name = structure.name(field);
      bool chosen = wanted.empty();
      for (const auto& want : wanted) chosen = chosen || iequals(want, name);
      if (!chosen) continue;
      const auto value = mime::decode_value(structure.value(field));
      auto line = printable(name, name.size()) + ": " +
                  printable(value, value.size()) + "\n";
      if (auto written = out_.write(line); !written) return written;
    }
    return {};
  }

  Result<void> write_part(const ParsedMessage& message) {
    const auto id = *invocation_.options.get("part");
    const auto* part = message.structure.find_part(id);
    if (part == nullptr) {
      return Error{ErrorKind::no_input,
                   "there is no part " + printable(id, 50), source_, "",
                   "mailtool parse --tree lists the parts"};
    }
    return shown([&](Sink& to) {
      if (invocation_.options.has("raw")) {
        return message.input->copy(message.offset + part->body.offset,
                                   part->body.length, to);
      }
      return copy_decoded(message, *part, to);
    });
  }

  const Invocation& invocation_;
  Form form_;
  mime::ParserLimits limits_;
  Output& out_;
  JsonWriter json_;
  Digests digests_;
  std::optional<mime::Parser> parser_;
  std::optional<ExtractFolder> folder_;
  std::string source_;
  std::uint64_t index_ = 0;   // in the input
  std::uint64_t offset_ = 0;  // of the message, in the input
  std::uint64_t count_ = 0;   // of all inputs
  bool defective_ = false;
};

}  // namespace

Result<ExitStatus> parse(const Invocation& invocation, Output& out) {
  const auto& options = invocation.options;
  if (options.has("raw") && !options.has("part")) {
    return Error{ErrorKind::usage, "goes with --part N", "--raw"};
  }
  auto limits = limits_of(options);
  if (!limits) return std::move(limits).error();
  Dump dump(invocation, *limits, out);
  if (auto ready = dump.prepare(); !ready) return std::move(ready).error();

  auto status = ExitStatus::ok;
  for (const auto& path : expand_inputs(invocation.arguments)) {
    auto read = dump.read(path);
    if (read) continue;
    const auto kind = read.error().kind;
    if (kind == ErrorKind::interrupted) return std::move(read).error();
    // One file that cannot be read does not stop the others.
    report_error(invocation.command,
                 std::move(read).error().at(input_name(path)));
    status = combine(status, exit_status(kind));
  }
  if (auto done = dump.finish(); !done) return std::move(done).error();
  if (status == ExitStatus::ok && options.has("strict") && dump.defective()) {
    report_error(invocation.command,
                 Error{ErrorKind::bad_input, "defects were found", "--strict"});
    status = ExitStatus::data_err;
  }
  return status;
}

}  // namespace mailtool::app
