#include "app/send_mend.h"

#include "app/ascii_domain.h"
#include "app/output.h"
#include "app/sender_identity.h"
#include "mailtool/base/printable.h"
#include "mailtool/mime/transcode.h"

namespace mailtool::app {
namespace {

constexpr std::uint64_t kMaxLineOctets = 998;  // RFC 5322 section 2.1.1

bool breaks_rules(const mime::MessageScan& scan) {
  return scan.nul || scan.bare_cr || scan.longest_line > kMaxLineOctets;
}

Error unsendable(const mime::LineMark& mark, std::string_view what) {
  return Error{ErrorKind::bad_input,
               "line " + std::to_string(mark.line) + " of the message " +
                   std::string(what) + ", which mail cannot carry as it is",
               "", "",
               "--fix encodes what holds it; or let mailtool compose the "
               "message: --body-file or --attach"};
}

Error refusal(const mime::MessageScan& scan) {
  if (scan.nul) return unsendable(*scan.nul, "holds NUL");
  if (scan.bare_cr) return unsendable(*scan.bare_cr, "holds CR without LF");
  return unsendable({scan.longest_line_number, 0},
                    "has " + std::to_string(scan.longest_line) +
                        " octets, more than " + std::to_string(kMaxLineOctets));
}

void tell(const mime::TranscodeReport& report) {
  for (const auto& part : report.parts) warn("send", mime::to_display(part));
  for (const auto& field : report.fields) {
    warn("send", "part " + field.part + ": " + printable(field.field, 100) +
                     " is " + field.what);
  }
}

// Only what a scan found is looked into: most messages are sent unread.
class Mending {
 public:
  Mending(const Invocation& invocation, const mime::MessageScan& scan,
          std::unique_ptr<store::Spool> spool)
      : invocation_(invocation), scan_(scan), spool_(std::move(spool)) {
    needs_ = scan.has_8bit_body || scan.has_8bit_header
                 ? smtp::Body::eight_bit_mime
                 : smtp::Body::seven_bit;
    utf8_header_ = scan.has_8bit_header;
  }

  Result<void> run(OutgoingMessage& message) {
    if (breaks_rules(scan_)) {
      if (auto fit = break_no_rules(); !fit) return fit;
    }
    if (scan_.has_8bit_header) {
      if (auto encoded = encode_header(); !encoded) return encoded;
    }
    message.needs_smtputf8 = utf8_header_;
    message.content =
        std::make_unique<MessageContent>(std::move(spool_), needs_);
    return {};
  }

 private:
  Result<mime::Transcoder> plan(mime::TranscodeOptions options) const {
    return mime::Transcoder::plan(
        [this]() -> Result<std::unique_ptr<Source>> {
          return spool_->source();
        },
        options);
  }

  Result<void> break_no_rules() {
    const bool fix = invocation_.options.has("fix");
    auto mended = plan({.most = fix ? mime::MessageForm::eight_bit
                                    : mime::MessageForm::binary});
    if (!mended) {
      if (fix) return std::move(mended).error();
      return refusal(scan_);
    }
    if (mended->report().changed) {
      if (!fix) return refusal(scan_);
      return change(*mended);
    }
    needs_ = body_of(mended->report().form);
    return {};
  }

  Result<void> encode_header() {
    auto encoded =
        plan({.most = mime::MessageForm::binary,
              .encode_header = true,
              .address_form = with_ascii_domain});
    // What is signed keeps its header, and asks for SMTPUTF8.
    if (!encoded) {
      if (encoded.error().kind == ErrorKind::bad_input) return {};
      return std::move(encoded).error();
    }
    const auto& raw = encoded->report().raw_field;
    // What is not UTF-8 is nothing that SMTPUTF8 could speak of.
    utf8_header_ = raw && raw->what == "raw";
    if (encoded->report().changed) {
      if (auto changed = change(*encoded); !changed) return changed;
    }
    if (raw) needs_ = std::max(needs_, smtp::Body::eight_bit_mime);
    return {};
  }

  Result<void> change(const mime::Transcoder& planned) {
    auto changed = std::make_unique<store::Spool>(temporary_folder());
    auto written = planned.write(
        [this]() -> Result<std::unique_ptr<Source>> {
          return spool_->source();
        },
        *changed);
    if (!written) return written;
    spool_ = std::move(changed);
    needs_ = body_of(planned.report().form);
    if (invocation_.verbose()) tell(planned.report());
    return {};
  }

  const Invocation& invocation_;
  const mime::MessageScan& scan_;
  std::unique_ptr<store::Spool> spool_;
  smtp::Body needs_ = smtp::Body::seven_bit;
  bool utf8_header_ = false;
};

}  // namespace

Result<void> settle_content(const Invocation& invocation,
                            const mime::MessageScan& scan,
                            std::unique_ptr<store::Spool> spool,
                            OutgoingMessage& message) {
  return Mending(invocation, scan, std::move(spool)).run(message);
}

}  // namespace mailtool::app
