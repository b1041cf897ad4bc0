#include "app/imap_part.h"

#include <optional>
#include <utility>

#include "app/lf_sink.h"
#include "app/line_ended.h"
#include "mailtool/base/ascii.h"
#include "mailtool/mime/charset.h"
#include "mailtool/mime/format_flowed.h"
#include "mailtool/mime/html_to_text.h"
#include "mailtool/mime/parameter.h"
#include "mailtool/mime/transfer_encoding.h"

namespace mailtool::app {
namespace {

using Parameters = std::vector<std::pair<std::string, std::string>>;

// The parameter `name` and its sections ("name*", "name*0*"…), put back as they
// stood in the header, and read.
std::string name_among(const Parameters& parameters, std::string_view name) {
  std::string field = "x";
  for (const auto& [known, value] : parameters) {
    const bool ours =
        known == name || (known.starts_with(name) && known[name.size()] == '*');
    if (!ours || field.size() + value.size() > 100'000) continue;
    field += "; " + known + "=\"";
    for (const char c : value) {
      if (c == '"' || c == '\\') field += '\\';
      field += c;
    }
    field += '"';
  }
  const auto read = mime::parse_parameters(field);
  const auto* found = read.find(name);
  return found == nullptr ? std::string() : *found;
}

// Lines that may end in CRLF, not octets that happen to hold one.
bool has_lines(const imap::BodyPart& part, mime::TransferEncoding encoding) {
  using enum mime::TransferEncoding;
  if (encoding == quoted_printable) return true;
  return encoding == identity && part.encoding != "binary";
}

}  // namespace

std::string part_name(const imap::BodyPart& part) {
  auto name = name_among(part.disposition_parameters, "filename");
  if (name.empty()) name = name_among(part.parameters, "name");
  return name;
}

std::vector<PartRow> rows_of(const imap::BodyStructure& parts) {
  std::vector<PartRow> rows;
  rows.reserve(parts.parts.size());
  std::vector<std::size_t> above;  // the rows that the next may be below
  for (const auto& part : parts.parts) {
    while (!above.empty() && rows[above.back()].depth >= part.depth) {
      above.pop_back();
    }
    PartRow row;
    row.id = part.id;
    row.depth = static_cast<std::uint32_t>(part.depth);
    row.type = part.type + "/" + part.subtype;
    row.charset = part.parameter("charset");
    row.encoding = part.encoding;
    row.disposition = part.disposition;
    row.name = part_name(part);
    row.content_id = part.content_id;
    row.is_message = part.is_message();
    if (!above.empty()) {
      row.parent = above.back();
      rows[above.back()].has_children = true;
    }
    above.push_back(rows.size());
    rows.push_back(std::move(row));
  }
  return rows;
}

/// From the one that octets are written to, to the one that writes to `out`.
struct PartDecoder::Chain {
  std::optional<LineEnded> ended;
  std::optional<LfSink> lines;
  std::optional<mime::HtmlToText> html;
  std::optional<mime::FlowedReader> flowed;
  std::optional<mime::CharsetDecoder> charset;
  std::unique_ptr<mime::Decoder> decoder;
  Sink* front = nullptr;

  void make_readable(const imap::BodyPart& part) {
    if (part.subtype == "html") {
      front = &html.emplace(*front);
    } else if (part.subtype == "plain" &&
               iequals(part.parameter("format"), "flowed")) {
      front = &flowed.emplace(*front, iequals(part.parameter("delsp"), "yes"));
    }
    front = &charset.emplace(part.parameter("charset"), *front);
  }
};

PartDecoder::PartDecoder(const imap::BodyPart& part, PartForm form, bool binary,
                         Sink& out)
    : chain_(std::make_unique<Chain>()) {
  auto& chain = *chain_;
  const auto encoding = mime::transfer_encoding_of(part.encoding);
  chain.front = &out;
  if (form == PartForm::slice) return;
  if (form == PartForm::readable) chain.front = &chain.ended.emplace(out);
  if (form != PartForm::decoded || has_lines(part, encoding)) {
    chain.front = &chain.lines.emplace(*chain.front);
  }
  if (form == PartForm::readable) chain.make_readable(part);
  if (form == PartForm::encoded || binary) return;
  chain.decoder = mime::make_decoder(encoding, *chain.front);
  chain.front = chain.decoder.get();
}

PartDecoder::~PartDecoder() = default;

Result<void> PartDecoder::write(std::string_view octets) {
  return chain_->front->write(octets);
}

Result<void> PartDecoder::finish() {
  auto& chain = *chain_;
  Result<void> done;
  const auto end = [&](auto& link) {
    if (done && link) done = link->finish();
  };
  end(chain.decoder);
  end(chain.charset);
  end(chain.flowed);
  end(chain.html);
  end(chain.lines);
  end(chain.ended);
  return done;
}

}  // namespace mailtool::app
