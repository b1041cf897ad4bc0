#include "app/fetch_destination.h"

#include "app/file_destination.h"
#include "app/lmtp_destination.h"
#include "app/mbox_destination.h"
#include "app/pipe_destination.h"
#include "app/signals.h"
#include "app/stdout_destination.h"
#include "mailtool/store/maildir.h"
#include "mailtool/store/message_folder.h"

namespace mailtool::app {
namespace {

Result<std::unique_ptr<Destination>> files_in(
    Result<std::unique_ptr<store::MessageFiles>> opened) {
  if (!opened) return std::move(opened).error();
  return std::unique_ptr<Destination>(
      std::make_unique<FileDestination>(*std::move(opened)));
}

}  // namespace

Result<std::unique_ptr<Destination>> open_destination(
    const DestinationName& name, const DestinationContext& context) {
  switch (name.kind) {
    case DestinationKind::maildir:
      return files_in(store::open_maildir(name.path));
    case DestinationKind::folder:
      return files_in(store::open_message_folder(name.path));
    case DestinationKind::standard_output:
      return std::unique_ptr<Destination>(std::make_unique<StdoutDestination>(
          context.out, context.state_folder));
    case DestinationKind::pipe: return PipeDestination::open(name, context);
    case DestinationKind::lmtp:
      if (context.connector == nullptr) break;
      return std::unique_ptr<Destination>(
          std::make_unique<LmtpDestination>(name, context));
    case DestinationKind::mbox: {
      auto file = store::MboxFile::open(name.path, context.state_folder,
                                        context.account, interrupt_fd(),
                                        context.end);
      if (!file) return std::move(file).error();
      return std::unique_ptr<Destination>(
          std::make_unique<MboxDestination>(*std::move(file)));
    }
  }
  return Error{ErrorKind::internal, "no such destination"};
}

}  // namespace mailtool::app
