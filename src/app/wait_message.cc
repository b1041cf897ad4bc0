#include "app/wait_message.h"

#include <utility>

#include "app/imap_get_part.h"
#include "app/imap_list_fields.h"
#include "app/lf_sink.h"
#include "app/sender_identity.h"
#include "app/terminal_sink.h"

namespace mailtool::app {
namespace {

constexpr std::size_t kMaxText = 1024 * 1024;  // of "text" in JSON

/// Keeps the beginning, and takes the rest.
class BeginningSink : public Sink {
 public:
  explicit BeginningSink(std::string& text) : text_(text) {}
  Result<void> write(std::string_view octets) override {
    text_ += octets.substr(0, kMaxText - text_.size());
    return {};
  }

 private:
  std::string& text_;
};

template <class To>
Result<void> print_to(const store::Spool& whole, Output& out) {
  To sink(out);
  if (auto copied = copy_all(*whole.source(), sink); !copied) return copied;
  return sink.finish();
}

}  // namespace

WaitMessage::WaitMessage(const Invocation& invocation,
                         client::ImapClient& client, imap::FetchData message)
    : invocation_(invocation),
      client_(client),
      message_(std::move(message)),
      whole_(temporary_folder()) {}

Result<void> WaitMessage::fetch() {
  if (!invocation_.json()) {
    auto fetched = client_.fetch_body(uid(), {}, whole_);
    return fetched ? Result<void>() : std::move(fetched).error();
  }
  BeginningSink text(text_);
  auto got = get_part(client_, uid(), {"", PartForm::readable}, {}, text);
  has_text_ = got.has_value();
  const bool none = !got && got.error().kind == ErrorKind::no_such_item;
  return none ? Result<void>() : got;
}

Result<void> WaitMessage::print(Output& out) {
  if (invocation_.json()) {
    const auto& folder = *client_.selected();
    ListRow row{folder.name, folder.uidvalidity.value_or(0), message_, {}};
    if (has_text_) row.text = &text_;
    return write_list_json(out, row, {});
  }
  return invocation_.stdout_is_terminal ? print_to<TerminalSink>(whole_, out)
                                        : print_to<LfSink>(whole_, out);
}

}  // namespace mailtool::app
