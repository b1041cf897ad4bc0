#include "app/message_content.h"


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

}  // namespace

std::unique_ptr<Source> MessageContent::source() const {
  return std::make_unique<FrontedSource>(front_, spool_->source());
}

Result<void> MessageContent::settle() {
  if (needs_ <= smtp::Body::seven_bit) return {};
  auto form = encoded(smtp::Body::seven_bit);
  if (!form) {
    if (form.error().kind == ErrorKind::bad_input) return {};
    return std::move(form).error();
  }
  spool_ = std::move(form->spool);
  needs_ = form->body;
  return {};
}

void MessageContent::sign(std::string fields) { front_ = std::move(fields); }

Result<MessageContent::Form> MessageContent::encoded(smtp::Body most) const {
  static_cast<void>(most);
  return Error{ErrorKind::bad_input, "the message has octets above 127"};
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
  return client::MessageText{form.spool->source(), form.spool->size(),
                             form.body};
}

}  // namespace mailtool::app
