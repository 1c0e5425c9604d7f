// The one door to ONNX Runtime, which is silenced before it is loaded.
import './silence.ts';

export * from 'onnxruntime-node';
