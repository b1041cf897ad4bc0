#include "app/message_content.h"

#include <algorithm>

#include "app/ascii_domain.h"
#include "app/sender_identity.h"
#include "mailtool/base/printable.h"
#include "mailtool/mime/transcode.h"

namespace mailtool::app {
namespace {

// The fields put in front, then the message.
class FrontedSource : public Source {
 public:
  FrontedSource(std::string_view front, std::unique_ptr<Source> rest)
      : front_(front), rest_(std::move(rest)) {}

  Result<std::size_t> read_some(std::span<char> into) override {
    auto count = front_.read_some(into);
    return count && *count > 0 ? count : rest_->read_some(into);
  }

 private:
  StringSource front_;
  std::unique_ptr<Source> rest_;
};

mime::MessageForm form_of(smtp::Body body) {
  switch (body) {
    case smtp::Body::binary_mime: return mime::MessageForm::binary;
    case smtp::Body::eight_bit_mime: return mime::MessageForm::eight_bit;
    default: return mime::MessageForm::seven_bit;
  }
}

Error raw_header(std::string_view field) {
  return Error{ErrorKind::bad_input,
               "the header field " + printable(field, 80) +
                   " has octets above 127, and the server takes none",
               "", "",
               "write it in ASCII (RFC 2047), or send by a server that offers "
               "8BITMIME"};
}

}  // namespace

smtp::Body body_of(mime::MessageForm form) {
  switch (form) {
    case mime::MessageForm::binary: return smtp::Body::binary_mime;
    case mime::MessageForm::eight_bit: return smtp::Body::eight_bit_mime;
    case mime::MessageForm::seven_bit: break;
  }
  return smtp::Body::seven_bit;
}

MessageContent::MessageContent(std::unique_ptr<store::Spool> spool,
                               smtp::Body needs)
    : needs_(needs) {
  take(std::move(spool));
}

void MessageContent::take(std::unique_ptr<store::Spool> spool) {
  octets_ = spool->size();
  // A function must be one that can be copied.
  open_ = [kept = std::shared_ptr<const store::Spool>(std::move(spool))] {
    return kept->source();
  };
}

std::unique_ptr<Source> MessageContent::source() const {
  return std::make_unique<FrontedSource>(front_, open_());
}

Result<void> MessageContent::settle() {
  if (needs_ <= smtp::Body::seven_bit) return {};
  auto form = encoded(smtp::Body::seven_bit);
  if (!form) {
    if (form.error().kind == ErrorKind::bad_input) return {};
    return std::move(form).error();
  }
  take(std::move(form->spool));
  needs_ = form->body;
  return {};
}

void MessageContent::sign(std::string fields) { front_ = std::move(fields); }

Result<MessageContent::Form> MessageContent::encoded(smtp::Body most) const {
  const auto open = [this]() -> Result<std::unique_ptr<Source>> {
    return open_();
  };
  // Where no octet above 127 may go, none may in the header of a message that
  // is attached.
  auto plan = mime::Transcoder::plan(
      open, {.most = form_of(most),
             .encode_header = most == smtp::Body::seven_bit,
             .address_form = with_ascii_domain});
  if (!plan) return std::move(plan).error();
  Form form{std::make_unique<store::Spool>(temporary_folder()),
            body_of(plan->report().form), {}};
  if (const auto& raw = plan->report().raw_field) {
    form.body = std::max(form.body, smtp::Body::eight_bit_mime);
    form.raw_field = raw->field;
  }
  auto written = plan->write(open, *form.spool);
  if (!written) return std::move(written).error();
  return form;
}

Result<client::MessageText> MessageContent::text(smtp::Body most) const {
  if (needs_ <= most) return client::MessageText{source(), size(), needs_};
  if (!front_.empty()) {
    return Error{ErrorKind::bad_input,
                 "the message has octets above 127, the server takes none, "
                 "and what is signed must not be changed"};
  }
  const std::lock_guard lock(mutex_);
  auto& form =
      most == smtp::Body::eight_bit_mime ? eight_bit_ : seven_bit_;
  if (form.spool == nullptr) {
    auto made = encoded(most);
    if (!made) return std::move(made).error();
    form = std::move(*made);
  }
  if (form.body > most) return raw_header(form.raw_field);
  return client::MessageText{form.spool->source(), form.spool->size(),
                             form.body};
}

}  // namespace mailtool::app
