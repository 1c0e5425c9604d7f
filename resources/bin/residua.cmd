@rem The command line of an installed Residua: on the Node beside it, whatever else this machine has.
@setlocal
@rem Settings for some other Node would change what runs here.
@set NODE_OPTIONS=
@set NODE_PATH=
@"%~dp0node.exe" "%~dp0..\app.asar.unpacked\out\main\src-main\cli\main.cjs" %*
