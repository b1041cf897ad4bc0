#include "mailtool/mime/composer.h"

#include <algorithm>
#include <utility>

#include "composer_attachment.h"
#include "composer_check.h"
#include "composer_content.h"
#include "mailtool/base/ascii.h"
#include "mailtool/mime/encoded_word.h"
#include "mailtool/mime/header.h"
#include "mailtool/mime/message_id.h"
#include "mailtool/mime/transfer_encoding.h"

namespace mailtool::mime {
namespace {

// A word that no line can hold is split over encoded words.
std::string subject_value(const std::string& subject) {
  const auto before = std::string_view("Subject: ").size();
  auto value = encode_words(subject, before);
  return longest_line(fold_field("Subject", value)) > kMaxLineOctets
             ? encode_all_words(subject, before)
             : value;
}

// Encoded words stand in the phrases of addresses alone.
std::string field_value(std::string_view name, const std::string& value) {
  if (is_ascii(value) || !holds_addresses(name)) {
    return encode_words(value, name.size() + 2);
  }
  const auto list = parse_address_list(value);
  return list.defective ? encode_words(value, name.size() + 2)
                        : to_header(list);
}

class Writer {
 public:
  Writer(const Composition& message, Sink& out) : message_(message), out_(out) {}

  Result<Composed> write() {
    if (auto headers = header(); !headers) return headers.error();
    auto body = mixed() ? write_mixed() : write_content();
    if (!body) return body.error();
    return Composed{out_.octets(), needs_utf8_headers(message_), form_};
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
    add("Subject", subject_value(m.subject));
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
      add(field.name, field_value(field.name, field.value));
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
    pending_ = fold_field("Content-Type", type);
    if (subtype == "mixed" && message_.binary_attachments) {
      pending_ += fold_field("Content-Transfer-Encoding", "binary");
      form_ = MessageForm::binary;
    }
    pending_ += "\r\n";
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
      return write_lines(*head, text, crlf);
    }
    if (!base64) {
      QuotedPrintableEncoder quoted(out_);
      return write_lines(*head, text, quoted);
    }
    // The canonical form of text has CRLF line ends: RFC 2045 section 6.8.
    Base64Encoder encoder(out_);
    CrlfFilter crlf(encoder);
    char last = '\0';
    auto ok = pour(*head, text, crlf, last);
    if (ok) ok = crlf.finish();
    return ok ? encoder.finish() : ok;
  }

  // The CRLF before a delimiter belongs to the delimiter (RFC 2046 section
  // 5.1.1): a text in a multipart needs another to keep its own.
  Result<void> write_lines(const Head& head, Source& text, Filter& filter) {
    char last = '\0';
    if (auto ok = pour(head, text, filter, last); !ok) return ok;
    if (auto ok = filter.finish(); !ok) return ok;
    return boundaries_ > 0 ? out_.write("\r\n") : Result<void>{};
  }

  Result<void> write_files(const std::vector<Attachment>& files,
                           const std::string& boundary,
                           const std::string& disposition) {
    for (const auto& file : files) {
      if (auto ok = delimiter(boundary); !ok) return ok;
      auto ok = write_attachment(message_, file, disposition, out_);
      if (!ok) return ok;
    }
    return {};
  }

  const Composition& message_;
  CountingSink out_;
  int boundaries_ = 0;
  MessageForm form_ = MessageForm::seven_bit;
  std::string pending_;  // header of a multipart, written with what follows
};

}  // namespace

Result<Composed> compose(const Composition& message, Sink& out) {
  if (auto ok = check(message); !ok) return ok.error();
  return Writer(message, out).write();
}

}  // namespace mailtool::mime
