// ONNX Runtime tells its maker about its use, from 1.29 on, unless this variable is set before it is loaded.

/**
 * Without it the library would keep an identifier of the machine and a queue of events in the user's cache folder and
 * send them to Microsoft. It covers Linux and macOS; on Windows events go to the system's own tracing, which has no
 * such switch (docs/installation.md).
 */
process.env.ORT_DISABLE_TELEMETRY = '1';
