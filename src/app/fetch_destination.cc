#include "app/fetch_destination.h"

#include <array>
#include <ctime>

#include "app/mboxrd.h"
#include "mailtool/store/spool.h"

namespace mailtool::app {
namespace {

class MaildirDestination : public Destination {
 public:
  explicit MaildirDestination(std::unique_ptr<store::Maildir> maildir)
      : maildir_(std::move(maildir)) {}

  Result<void> begin() override { return maildir_->begin(); }
  Result<void> write(std::string_view octets) override {
    return maildir_->write(octets);
  }
  void discard() noexcept override { maildir_->discard(); }
  Result<void> end(const store::DeliveryKey& key) override {
    return maildir_->end(key);
  }
  Result<void> commit() override { return maildir_->commit(); }
  [[nodiscard]] const std::vector<std::string>& paths() const override {
    return maildir_->delivered();
  }

  // Read only when there is a message to ask about: most runs bring none.
  Result<bool> holds(const store::DeliveryKey& key) override {
    if (!recognised_) {
      if (auto read = maildir_->recognise(); !read) {
        return std::move(read).error();
      }
      recognised_ = true;
    }
    return maildir_->holds(key);
  }

 private:
  std::unique_ptr<store::Maildir> maildir_;
  bool recognised_ = false;
};

// A reader of the pipe cannot take half a message back: it gets whole ones.
class StdoutDestination : public Destination {
 public:
  StdoutDestination(Output& out, const std::string& spool_folder)
      : out_(out), spool_(spool_folder) {}

  Result<void> begin() override { return spool_.clear(); }
  Result<void> write(std::string_view octets) override {
    return spool_.write(octets);
  }
  void discard() noexcept override {}
  Result<bool> holds(const store::DeliveryKey&) override { return false; }

  Result<void> end(const store::DeliveryKey&) override {
    const auto source = spool_.source();
    MboxrdWriter mbox(out_);
    if (auto begun = mbox.begin(std::time(nullptr)); !begun) return begun;
    std::array<char, 16 * 1024> chunk;
    for (;;) {
      const auto count = source->read_some(chunk);
      if (!count) return count.error();
      if (*count == 0) return mbox.end();
      if (auto written = mbox.write({chunk.data(), *count}); !written) {
        return written;
      }
    }
  }

  Result<void> commit() override { return out_.flush(); }
  [[nodiscard]] const std::vector<std::string>& paths() const override {
    return no_paths_;
  }

 private:
  Output& out_;
  store::Spool spool_;
  std::vector<std::string> no_paths_;
};

}  // namespace

Result<std::unique_ptr<Destination>> open_destination(
    const DestinationName& name, const DestinationContext& context) {
  if (name.standard_output()) {
    return std::unique_ptr<Destination>(
        std::make_unique<StdoutDestination>(context.out, context.state_folder));
  }
  if (name.kind != DestinationKind::maildir) {
    return Error{ErrorKind::internal, "no such destination yet"};
  }
  auto maildir = store::Maildir::open(name.path);
  if (!maildir) return std::move(maildir).error();
  return std::unique_ptr<Destination>(
      std::make_unique<MaildirDestination>(*std::move(maildir)));
}

}  // namespace mailtool::app
