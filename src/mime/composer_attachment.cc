#include "composer_attachment.h"

#include <memory>
#include <optional>

#include "mailtool/base/ascii.h"
#include "mailtool/mime/header.h"
#include "mailtool/mime/media_type.h"
#include "mailtool/mime/parameter.h"
#include "mailtool/mime/transfer_encoding.h"

namespace mailtool::mime {
namespace {

constexpr std::string_view kUnknown = "application/octet-stream";

class AttachmentWriter {
 public:
  AttachmentWriter(const Composition& message, const Attachment& file,
                   std::string_view disposition, Sink& out)
      : message_(message), file_(file), disposition_(disposition), out_(out) {}

  Result<void> write() {
    auto head = look_ahead(*file_.content);
    if (!head) return std::move(head).error();
    head_ = std::move(*head);
    type_ = find_type();
    if (type_ == "message/rfc822") {
      auto message = plan_message();
      if (!message) return std::move(message).error();
      if (*message) return write_message(**message);
      type_ = kUnknown;
    }
    scan_.add(head_.text);
    const bool seven_bit = head_.whole && scan_.is_7bit(kMaxLineOctets);
    if (type_.starts_with("message/")) {
      // Not to be encoded, what it holds is not known.
      if (seven_bit) return write_lines();
      type_ = kUnknown;
    }
    if (type_.starts_with("text/")) {
      type_ += charset();
      const bool exact = head_.whole && has_crlf_alone(head_.text);
      if (exact && seven_bit) return write_lines();
      if (exact && scan_.shorter() != TransferEncoding::base64) {
        return write_quoted();
      }
    }
    const bool binary =
        message_.binary_attachments && disposition_ == "attachment";
    return binary ? write_binary() : write_base64();
  }

 private:
  std::string find_type() {
    if (!file_.media_type.empty()) return lower(file_.media_type);
    std::string type(media_type_of(file_.file_name));
    if (type != kUnknown) return type;
    if (message_.type_by_content) {
      type = lower(message_.type_by_content(head_.text));
      const bool usable = is_media_type(type) && type != kUnknown &&
                          !type.starts_with("multipart/") &&
                          !type.starts_with("message/") &&
                          !type.starts_with("inode/");
      if (usable) return type;
    }
    return looks_like_text(head_) ? "text/plain" : std::string(kUnknown);
  }

  // Nothing where the charset cannot be told: a guess would be worse than
  // that of the reader, who may look at all of it.
  std::string charset() {
    if (head_.whole && is_ascii(head_.text)) return "; charset=us-ascii";
    if (looks_like_utf8(head_)) return "; charset=utf-8";
    const bool utf16 = head_.text.starts_with("\xff\xfe") ||
                       head_.text.starts_with("\xfe\xff");
    return utf16 ? "; charset=utf-16" : "";
  }

  Result<void> write_fields(std::string_view encoding) {
    auto fields = fold_field("Content-Type", type_);
    fields += fold_field("Content-Transfer-Encoding", encoding);
    fields += fold_field("Content-Disposition",
                         std::string(disposition_) +
                             (file_.file_name.empty()
                                  ? std::string()
                                  : to_parameter("filename", file_.file_name)));
    if (!file_.content_id.empty()) {
      fields += fold_field("Content-ID", "<" + file_.content_id + ">");
    }
    return out_.write(fields + "\r\n");
  }

  // The CRLF before a delimiter belongs to the delimiter (RFC 2046 section
  // 5.1.1). What a Filter has ended with CRLF needs another where that is its
  // own.
  Result<void> pour_lines(Filter& filter) {
    char last = '\n';
    if (auto ok = pour(head_, *file_.content, filter, last); !ok) return ok;
    if (auto ok = filter.finish(); !ok) return ok;
    return last == '\n' ? out_.write("\r\n") : Result<void>{};
  }

  Result<void> write_lines() {
    if (auto ok = write_fields("7bit"); !ok) return ok;
    CrlfFilter crlf(out_);
    return pour_lines(crlf);
  }

  Result<void> write_quoted() {
    if (auto ok = write_fields("quoted-printable"); !ok) return ok;
    QuotedPrintableEncoder quoted(out_);
    return pour_lines(quoted);
  }

  Result<void> write_base64() {
    if (auto ok = write_fields("base64"); !ok) return ok;
    Base64Encoder encoder(out_);
    char last = '\0';
    auto ok = pour(head_, *file_.content, encoder, last);
    return ok ? encoder.finish() : ok;
  }

  Result<void> write_binary() {
    if (auto ok = write_fields("binary"); !ok) return ok;
    char last = '\0';
    auto ok = pour(head_, *file_.content, out_, last);
    return ok ? out_.write("\r\n") : ok;
  }

  // The message that is attached, from its first octet.
  [[nodiscard]] OpenMessage opener() const {
    OpenMessage raw = file_.again;
    if (head_.whole) {
      raw = [this]() -> Result<std::unique_ptr<Source>> {
        return {std::make_unique<StringSource>(head_.text)};
      };
    }
    if (!raw) return {};
    return [raw]() -> Result<std::unique_ptr<Source>> {
      auto source = raw();
      if (!source) return source;
      return {std::make_unique<CrlfSource>(std::move(*source))};
    };
  }

  // Nullopt where it cannot go as a message.
  Result<std::optional<Transcoder>> plan_message() {
    const auto open = opener();
    if (!open) return std::optional<Transcoder>{};
    auto plan = Transcoder::plan(open, {.encode_header = true});
    if (!plan && plan.error().kind != ErrorKind::bad_input) {
      return std::move(plan).error();
    }
    if (!plan || plan->report().raw_field) return std::optional<Transcoder>{};
    return std::optional(std::move(*plan));
  }

  Result<void> write_message(const Transcoder& message) {
    if (auto ok = write_fields("7bit"); !ok) return ok;
    auto ok = message.write(opener(), out_);
    return ok ? out_.write("\r\n") : ok;
  }

  const Composition& message_;
  const Attachment& file_;
  std::string_view disposition_;
  Sink& out_;
  Head head_;
  TextScan scan_;
  std::string type_;
};

}  // namespace

Result<void> write_attachment(const Composition& message,
                              const Attachment& file,
                              std::string_view disposition, Sink& out) {
  return AttachmentWriter(message, file, disposition, out).write();
}

}  // namespace mailtool::mime
