# SPDX-License-Identifier: Apache-2.0
# The one table of layers: which folder is which layer, and what it may include and link. Read by the link check
# (plugbroker_layer and plugbroker_program, when CMake configures) and by the include check (check_rules.cmake, in
# every build). A layer may always use itself. To allow a new arrow, change docs/ARCHITECTURE.md first.

# One line per layer: name, folder, layers it may include and link.
set(PLUGBROKER_LAYERS "")
macro(plugbroker_declare_layer name folder)
  list(APPEND PLUGBROKER_LAYERS ${name})
  set(PLUGBROKER_FOLDER_${name} ${folder})
  set(PLUGBROKER_ALLOWED_${name} ${ARGN})
endmacro()

plugbroker_declare_layer(base       broker_core/base)
plugbroker_declare_layer(protocol   broker_core/protocol  base)
plugbroker_declare_layer(engine     broker_core/engine    protocol base)
plugbroker_declare_layer(runtime    broker_core/runtime   engine protocol base)
plugbroker_declare_layer(win        broker_core/win       runtime engine protocol base)
plugbroker_declare_layer(admin      broker_core/admin     protocol base)
plugbroker_declare_layer(config     broker_core/config    base)
plugbroker_declare_layer(metrics    broker_core/metrics   base)
plugbroker_declare_layer(log        broker_core/log       base)
plugbroker_declare_layer(client_lib client_lib            protocol base)
plugbroker_declare_layer(service    service
                         win runtime engine protocol base admin config metrics log)
plugbroker_declare_layer(installer  installer             install_plan win config admin client_lib protocol base)
# Inside the installer's folder, so declared after it: the last folder that fits is a file's layer.
plugbroker_declare_layer(install_plan installer/plan      admin base)
plugbroker_declare_layer(admin_cli  admin_cli             client_lib admin protocol base)

# Single headers of a layer that is otherwise closed (nothing to link).
set(PLUGBROKER_ALLOWED_HEADERS_admin broker_core/engine/snapshot.h broker_core/engine/operator_command.h)
set(PLUGBROKER_ALLOWED_HEADERS_installer service/service_identity.h)
set(PLUGBROKER_ALLOWED_HEADERS_admin_cli broker_core/win/program_hardening.h)

# Folders in which Windows headers may be included. Everything else builds on every system.
set(PLUGBROKER_WINDOWS_FOLDERS
  broker_core/win service installer client_lib/win admin_cli/win tests samples bench)

# Headers that count as Windows headers (lower case; compared without regard to case).
set(PLUGBROKER_WINDOWS_HEADERS
  windows.h windef.h winbase.h winnt.h winuser.h winsvc.h winerror.h winternl.h winsock.h winsock2.h ws2tcpip.h
  sddl.h aclapi.h accctrl.h ntsecapi.h securitybaseapi.h psapi.h tlhelp32.h dbghelp.h userenv.h shellapi.h shlobj.h
  ntstatus.h namedpipeapi.h processthreadsapi.h synchapi.h fileapi.h handleapi.h ioapiset.h)

# Layers that may include a third-party library. One that is not named here is allowed nowhere in the product.
set(PLUGBROKER_LIBRARY_LAYERS_Poco log admin config service installer admin_cli)
set(PLUGBROKER_LIBRARY_LAYERS_boost/json admin config metrics service installer install_plan admin_cli)
set(PLUGBROKER_LIBRARY_LAYERS_boost/program_options admin service installer install_plan admin_cli)

# The same for linking, by target name.
set(PLUGBROKER_LINK_LAYERS_Poco ${PLUGBROKER_LIBRARY_LAYERS_Poco})
set(PLUGBROKER_LINK_LAYERS_Boost::json ${PLUGBROKER_LIBRARY_LAYERS_boost/json})
set(PLUGBROKER_LINK_LAYERS_Boost::program_options ${PLUGBROKER_LIBRARY_LAYERS_boost/program_options})

# Folders with hand-written sources, where every rule that is not about layers holds.
set(PLUGBROKER_SOURCE_FOLDERS
  broker_core client_lib service installer admin_cli worker_sdk samples bench tests cmake tools packaging .ci)
set(PLUGBROKER_MAX_LINES 400)
