#include "app/imap_attachments_local.h"

#include <cstdlib>

#include "app/lf_sink.h"
#include "app/message_view.h"
#include "mailtool/store/spool.h"

namespace mailtool::app {
namespace {

std::string temporary_folder() {
  const char* const folder = std::getenv("TMPDIR");
  return folder == nullptr || *folder == '\0' ? "/tmp" : folder;
}

class SpoolAccess : public RandomAccess {
 public:
  explicit SpoolAccess(const store::Spool& spool) : spool_(spool) {}
  Result<void> copy(std::uint64_t offset, std::uint64_t length,
                    Sink& to) const override {
    return spool_.copy(offset, length, to);
  }

 private:
  const store::Spool& spool_;
};

class ViewSink : public Sink {
 public:
  explicit ViewSink(MessageView& view) : view_(view) {}
  Result<void> write(std::string_view octets) override {
    view_.feed(octets);
    return {};
  }

 private:
  MessageView& view_;
};

}  // namespace

struct DownloadedMessage::Parts {
  store::Spool spool{temporary_folder()};
  LfSink lines{spool};
};

DownloadedMessage::DownloadedMessage() : parts_(std::make_unique<Parts>()) {}
DownloadedMessage::~DownloadedMessage() = default;

Sink& DownloadedMessage::sink() { return parts_->lines; }

Result<void> DownloadedMessage::read(const Use& use) {
  auto& spool = parts_->spool;
  if (auto ended = parts_->lines.finish(); !ended) return ended;
  static const ViewPolicy kOurs{"mailtool", "reads as parse does"};
  MessageView view(kOurs, mime::ParserLimits{});
  view.begin(MessagePlace{});
  ViewSink sink(view);
  if (auto read = spool.copy(0, spool.size(), sink); !read) return read;
  view.finish();
  const SpoolAccess access(spool);
  const auto parsed = view.message(&access);
  return use(parsed, rows_of(parsed));
}

}  // namespace mailtool::app
