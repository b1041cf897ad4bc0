#include "app/fetch_destination.h"

#include "app/file_destination.h"
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
    default: break;
  }
  return Error{ErrorKind::internal, "no such destination"};
}

}  // namespace mailtool::app
