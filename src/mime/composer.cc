#include "mailtool/mime/composer.h"

#include <algorithm>
#include <utility>

#include "composer_check.h"
#include "mailtool/base/ascii.h"
#include "mailtool/base/utf8.h"
#include "mailtool/mime/encoded_word.h"
#include "mailtool/mime/header.h"
#include "mailtool/mime/message_id.h"
#include "mailtool/mime/parameter.h"
#include "mailtool/mime/transfer_encoding.h"

namespace mailtool::mime {
namespace {

// How much of a text is looked at before its encoding is chosen.
constexpr std::size_t kLookAhead = std::size_t{1024} * 1024;
constexpr std::size_t kPiece = 32 * 1024;

class CountingSink : public Sink {
 public:
  explicit CountingSink(Sink& out) : out_(out) {}
  Result<void> write(std::string_view octets) override {
    octets_ += octets.size();
    return octets.empty() ? Result<void>{} : out_.write(octets);
  }
  [[nodiscard]] std::uint64_t octets() const { return octets_; }

 private:
  Sink& out_;
  std::uint64_t octets_ = 0;
};

Result<void> copy(Source& from, Sink& to) {
  std::string buffer(kPiece, '\0');
  for (;;) {
    const auto count = from.read_some(buffer);
    if (!count) return count.error();
    if (*count == 0) return {};
    auto written = to.write(std::string_view(buffer).substr(0, *count));
    if (!written) return written;
  }
}

// The beginning of a Source, at most kLookAhead, and whether that is all.
struct Head {
  std::string text;
  bool whole = false;
};

Result<Head> look_ahead(Source& from) {
  Head head;
  while (head.text.size() < kLookAhead) {
    const auto have = head.text.size();
    head.text.resize(std::min(have + kPiece, kLookAhead));
    const auto count = from.read_some(
        std::span<char>(head.text.data() + have, head.text.size() - have));
    if (!count) return count.error();
    head.text.resize(have + *count);
    if (*count == 0) {
      head.whole = true;
      break;
    }
  }
  return head;
}

// All of a text, through `filter`.
Result<void> pour(const Head& head, Source& rest, Filter& filter) {
  if (auto written = filter.write(head.text); !written) return written;
  if (!head.whole) {
    if (auto copied = copy(rest, filter); !copied) return copied;
  }
  return filter.finish();
}

// UTF-8 as far as can be seen: a character may be cut at the end of the head.
bool looks_like_utf8(const Head& head) {
  std::string_view text = head.text;
  if (!head.whole) {
    std::size_t back = 0;
    while (back < 4 && back < text.size() && is_8bit(text[text.size() - 1 - back])) {
      ++back;
    }
    text.remove_suffix(back);
  }
  return is_valid_utf8(text);
}

class Writer {
 public:
  Writer(const Composition& message, Sink& out) : message_(message), out_(out) {}

  Result<Composed> write() {
    if (auto headers = header(); !headers) return headers.error();
    auto body = mixed() ? write_mixed() : write_content();
    if (!body) return body.error();
    return Composed{out_.octets(), needs_utf8_headers(message_)};
  }

 private:
  [[nodiscard]] bool mixed() const {
    const bool lonely_inline =
        message_.html == nullptr && !message_.inline_parts.empty();
    return lonely_inline || !message_.attachments.empty();
  }

  // Complete before any of it is written, since it may still be refused.
  Result<void> header() {
    const auto& m = message_;
    std::string text;
    const auto add = [&text](std::string_view name, const std::string& value) {
      if (!value.empty()) text += fold_field(name, value);
    };
    add("Date", m.date);
    add("From", to_header(m.from));
    add("Sender", to_header(m.sender));
    add("Reply-To", to_header(m.reply_to));
    add("To", to_header(m.to));
    add("Cc", to_header(m.cc));
    add("Subject", encode_words(m.subject, std::string_view("Subject: ").size()));
    add("Message-ID", m.message_id);
    std::string replied;
    for (const auto& id : parse_message_ids(m.in_reply_to)) {
      replied += (replied.empty() ? "<" : " <") + id + ">";
    }
    add("In-Reply-To", replied);
    const bool has_references =
        std::any_of(m.extra.begin(), m.extra.end(), [](const ExtraField& f) {
          return iequals(f.name, "References");
        });
    if (!has_references) add("References", replied);
    for (const auto& field : m.extra) {
      add(field.name, encode_words(field.value, field.name.size() + 2));
    }
    add("MIME-Version", "1.0");
    if (longest_line(text) > kMaxLineOctets) {
      return Error{ErrorKind::usage,
                   "a header value has more than 998 octets without a blank"};
    }
    return out_.write(text);
  }

  std::string begin_multipart(std::string_view subtype,
                              std::string_view parameters = {}) {
    auto boundary = "=_" + message_.random_token + "_" +
                    std::to_string(++boundaries_);
    const auto type = "multipart/" + std::string(subtype) +
                      std::string(parameters) + "; boundary=\"" + boundary + "\"";
    pending_ = fold_field("Content-Type", type) + "\r\n";
    return boundary;
  }

  Result<void> delimiter(const std::string& boundary, bool close = false) {
    const auto line = std::exchange(pending_, {}) + "--" + boundary +
                      (close ? "--\r\n" : "\r\n");
    return out_.write(line);
  }

  Result<void> write_mixed() {
    const auto boundary = begin_multipart("mixed");
    const bool has_text = message_.text != nullptr || message_.html != nullptr;
    if (has_text) {
      if (auto ok = delimiter(boundary); !ok) return ok;
      if (auto ok = write_content(); !ok) return ok;
    }
    if (message_.html == nullptr) {
      if (auto ok = write_files(message_.inline_parts, boundary, "inline"); !ok) {
        return ok;
      }
    }
    auto ok = write_files(message_.attachments, boundary, "attachment");
    return ok ? delimiter(boundary, true) : ok;
  }

  Result<void> write_content() {
    if (message_.html == nullptr) return write_text(message_.text, "plain");
    if (message_.text == nullptr) return write_html();
    const auto boundary = begin_multipart("alternative");
    if (auto ok = delimiter(boundary); !ok) return ok;
    if (auto ok = write_text(message_.text, "plain"); !ok) return ok;
    if (auto ok = delimiter(boundary); !ok) return ok;
    if (auto ok = write_html(); !ok) return ok;
    return delimiter(boundary, true);
  }

  Result<void> write_html() {
    if (message_.inline_parts.empty()) return write_text(message_.html, "html");
    const auto boundary = begin_multipart("related", "; type=\"text/html\"");
    if (auto ok = delimiter(boundary); !ok) return ok;
    if (auto ok = write_text(message_.html, "html"); !ok) return ok;
    auto ok = write_files(message_.inline_parts, boundary, "inline");
    return ok ? delimiter(boundary, true) : ok;
  }

  Result<void> write_text(Source* source, const std::string& subtype) {
    StringSource nothing("");
    Source& text = source != nullptr ? *source : nothing;
    const auto head = look_ahead(text);
    if (!head) return head.error();
    TextScan scan;
    scan.add(head->text);
    const bool seven_bit = head->whole && scan.is_7bit(kMaxLineOctets);
    const auto* const charset =
        looks_like_utf8(*head) ? "utf-8" : "windows-1252";
    const bool base64 = scan.shorter() == TransferEncoding::base64;
    auto fields = std::exchange(pending_, {}) +
                  fold_field("Content-Type",
                             "text/" + subtype + "; charset=" + charset);
    fields += fold_field("Content-Transfer-Encoding",
                         seven_bit ? "7bit"
                         : base64  ? "base64"
                                   : "quoted-printable");
    if (auto ok = out_.write(fields + "\r\n"); !ok) return ok;
    if (seven_bit) {
      CrlfFilter crlf(out_);
      auto poured = pour(*head, text, crlf);
      return poured ? keep_last_line_end() : poured;
    }
    if (!base64) {
      QuotedPrintableEncoder quoted(out_);
      auto poured = pour(*head, text, quoted);
      return poured ? keep_last_line_end() : poured;
    }
    // The canonical form of text has CRLF line ends: RFC 2045 section 6.8.
    Base64Encoder encoder(out_);
    CrlfFilter crlf(encoder);
    auto poured = pour(*head, text, crlf);
    return poured ? encoder.finish() : poured;
  }

  // The CRLF before a delimiter belongs to the delimiter (RFC 2046 section
  // 5.1.1): a text in a multipart needs another to keep its own.
  Result<void> keep_last_line_end() {
    return boundaries_ > 0 ? out_.write("\r\n") : Result<void>{};
  }

  Result<void> write_files(const std::vector<Attachment>& files,
                           const std::string& boundary,
                           const std::string& disposition) {
    for (const auto& file : files) {
      if (auto ok = delimiter(boundary); !ok) return ok;
      if (auto ok = write_file(file, disposition); !ok) return ok;
    }
    return {};
  }

  Result<void> write_file(const Attachment& file, const std::string& disposition) {
    std::string type = lower(file.media_type.empty()
                                 ? media_type_of(file.file_name)
                                 : std::string_view(file.media_type));
    const auto head = look_ahead(*file.content);
    if (!head) return head.error();
    TextScan scan;
    scan.add(head->text);
    // A message may not be encoded (RFC 2046 section 5.2.1): it goes as it is
    // or, where it cannot, as the octets of a file.
    const bool message = type.starts_with("message/");
    const bool as_it_is = message && head->whole && scan.is_7bit(kMaxLineOctets);
    if (message && !as_it_is) type = "application/octet-stream";
    if (type.starts_with("text/") && looks_like_utf8(*head)) {
      type += "; charset=utf-8";
    }
    auto fields = fold_field("Content-Type", type);
    fields += fold_field("Content-Transfer-Encoding", as_it_is ? "7bit" : "base64");
    fields += fold_field(
        "Content-Disposition",
        disposition + (file.file_name.empty()
                           ? std::string()
                           : to_parameter("filename", file.file_name)));
    if (!file.content_id.empty()) {
      fields += fold_field("Content-ID", "<" + file.content_id + ">");
    }
    if (auto ok = out_.write(fields + "\r\n"); !ok) return ok;
    if (as_it_is) {
      CrlfFilter crlf(out_);
      auto poured = pour(*head, *file.content, crlf);
      return poured ? keep_last_line_end() : poured;
    }
    Base64Encoder encoder(out_);
    return pour(*head, *file.content, encoder);
  }

  const Composition& message_;
  CountingSink out_;
  int boundaries_ = 0;
  std::string pending_;  // header of a multipart, written with what follows
};

}  // namespace

Result<Composed> compose(const Composition& message, Sink& out) {
  if (auto ok = check(message); !ok) return ok.error();
  return Writer(message, out).write();
}

}  // namespace mailtool::mime
